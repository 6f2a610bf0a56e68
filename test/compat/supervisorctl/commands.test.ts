// Every command, good and bad arguments: our supervisorctl and our daemon against the originals.
import { afterAll, beforeAll, describe } from 'bun:test';
import { eventually } from '../../support/eventually.ts';
import { originalPair, otherPairs, Stage, steps, testSteps } from './stage.ts';

const config = `
[program:cat]
command=/bin/cat
startsecs=0
stderr_logfile=NONE
[program:talker]
command=/bin/sh -c 'echo first line; echo zweite Zeile, grün; echo trouble >&2; exec sleep 1000'
startsecs=0
stdout_logfile=%(here)s/talker.out
stderr_logfile=%(here)s/talker.err
[program:slow]
command=/bin/sleep 1000
autostart=false
[program:fail]
command=/bin/false
autostart=false
startsecs=30
startretries=0
[program:missing]
command=/nonexistent
autostart=false
[program:unexecutable]
command=/etc/passwd
autostart=false
[program:front]
command=/bin/sleep 1000
autostart=false
startsecs=0
priority=20
[program:back]
command=/bin/sleep 1000
autostart=false
startsecs=0
priority=10
[program:a-name-that-is-longer-than-thirty-characters]
command=/bin/sleep 1000
autostart=false
startsecs=0
[group:web]
programs=front,back
`;

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.set({ config }, [originalPair, ...otherPairs]);
  for (const { daemon } of stage.scenes) {
    await eventually(() => daemon.read('talker.err') !== '', { what: 'the talker to have talked' });
  }
});
afterAll(() => stage.strike());

describe('status', () => {
  testSteps(
    () => stage,
    steps([
      'status',
      'status all',
      'status cat',
      'status cat:cat',
      'status web:*',
      'status web:',
      'status web:* cat web:front web:front',
      'status nosuch:* web web:nosuch cat',
      'status nosuch all',
      'status :',
      'status *',
      'status slow:*',
      'status; x',
    ]),
  );
});

describe('start, stop, restart, signal', () => {
  testSteps(
    () => stage,
    [
      ...steps(['start', 'stop', 'restart', 'signal', 'signal HUP'], { help: true }),
      ...steps([
        'start cat',
        'start cat:cat',
        'start slow',
        'start fail',
        'status fail',
        'start missing',
        'start unexecutable',
        'start web',
        'start nosuch:*',
        'start nosuch:',
        'start web:nosuch nosuch:x :',
      ]),
      ...steps(['start web:*', 'start all'], { unordered: true }),
      ...steps([
        'status web:*',
        'signal CONT cat',
        'signal sigcont cat web:front',
        'signal 0 slow',
        'signal BOGUS cat',
        'signal CONT nosuch',
        'signal CONT missing',
        'signal CONT nosuch:*',
        'signal BOGUS fail:*',
      ]),
      ...steps(['signal CONT web:*', 'signal CONT all', 'signal BOGUS web:*'], { unordered: true }),
      ...steps([
        'stop web:front',
        'stop web:front',
        'stop nosuch',
        'stop nosuch:*',
        'stop web',
        'stop slow cat slow',
      ]),
      ...steps(['stop web:*', 'stop web:*'], { unordered: true }),
      ...steps([
        'restart cat',
        'restart missing',
        'restart nosuch:*',
        'restart nosuch cat',
        'start cat missing cat',
      ]),
      ...steps(['stop all', 'stop all', 'start web:* cat talker', 'restart web:*'], { unordered: true }),
      ...steps(['status web:* cat']),
    ],
  );
});

describe('pid', () => {
  testSteps(
    () => stage,
    steps([
      'pid',
      'pid cat',
      'pid cat:cat missing',
      'pid missing',
      'pid nosuch',
      'pid web:*',
      'pid nosuch cat',
      'pid all',
      'pid cat all',
    ]),
  );
});

describe('tail', () => {
  testSteps(
    () => stage,
    [
      ...steps(['tail', 'tail a b c d'], { help: true }),
      ...steps([
        'tail talker',
        'tail talker stdout',
        'tail talker STDERR',
        'tail -5 talker',
        'tail -0 talker',
        'tail --6 talker',
        'tail -+7 talker stderr',
        'tail -1_0 talker stderr',
        'tail -5 talker stderr',
        'tail cat stderr',
        'tail nosuch',
        'tail -3 nosuch stderr',
        'tail web:*',
        'tail missing stderr',
        'tail a b c',
        'tail talker other',
        "tail talker oth'er",
        'tail -x talker',
        'tail - talker',
        'tail -5x talker',
        'tail -1.5 talker',
        'tail -x talker other',
        'tail -x',
        'tail -f',
        'tail -5',
        'tail -f talker other',
        'tail -f -f talker',
        'tail -f nosuch',
        'tail -f cat stderr',
        'tail talker -5',
      ]),
    ],
  );
});

describe('maintail', () => {
  testSteps(
    () => stage,
    [
      ...steps(['maintail -1 -2'], { help: true }),
      ...steps(['maintail -1', 'maintail 5', 'maintail -x', 'maintail -', 'maintail --9999999']),
    ],
  );
});

describe('clear', () => {
  testSteps(
    () => stage,
    [
      ...steps(['clear'], { help: true }),
      ...steps([
        'clear talker',
        'tail talker',
        'clear nosuch',
        'clear web:*',
        'clear web:',
        'clear nosuch talker',
        'clear web:front',
      ]),
      ...steps(['clear all', 'clear talker all'], { unordered: true }),
    ],
  );
});

describe('avail, version, fg and words that are none', () => {
  testSteps(
    () => stage,
    [
      ...steps([
        'avail',
        'version',
        'quit',
        'exit now',
        'EOF',
        'bogus word',
        '!ls',
        'help nosuch',
        'help',
        '?',
        'help EOF',
      ]),
      ...steps(['avail x', 'version x', 'fg'], { help: true }),
      ...steps(
        [
          ...['help add', 'help avail', 'help clear', 'help exit', 'help fg', 'help help', 'help maintail'],
          ...[
            'help open',
            'help pid',
            'help quit',
            'help reload',
            'help remove',
            'help reread',
            'help restart',
          ],
          ...['help shutdown', 'help signal', 'help start', 'help status', 'help stop', 'help tail'],
          ...['help update', 'help version'],
        ],
        { help: true },
      ),
      ...steps(['fg cat talker', 'fg nosuch', 'fg missing', 'fg web:*']),
      { args: [''] },
      { args: [' '] },
      { args: ['  version  '] },
      { args: ['status', 'cat missing'] },
    ],
  );
});

describe('the server', () => {
  testSteps(
    () => stage,
    [
      ...steps(['reload x', 'shutdown x'], { help: true }),
      ...steps(['open', 'open foo', 'open unix://DIR/none', 'open http:foo', 'open http://127.0.0.1:PORT']),
      ...steps(['-s http://127.0.0.1:PORT version', '-s http://127.0.0.1:PORT/path status cat']),
      ...steps(['-i shutdown', '-i reload'], { stdin: 'n\n' }),
      ...steps(['-i shutdown'], { stdin: '' }),
    ],
  );
});

describe('the shell', () => {
  testSteps(
    () => stage,
    [
      { args: [], stdin: '' },
      { args: [], stdin: 'version\n\n  status cat missing\nbogus\nquit\nversion\n' },
      { args: [], stdin: 'status;\n?nosuch\nstart cat\nopen http://127.0.0.1:PORT\nversion' },
      { args: ['-i'], stdin: 'shutdown\nn\nreload\nno\nEOF\n' },
    ],
  );
});
