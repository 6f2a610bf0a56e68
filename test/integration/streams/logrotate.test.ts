// The system's own logrotate(8) on the logs of programs and on the log of the daemon: each line is in one of the files,
// once and in order.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { statSync, writeFileSync } from 'node:fs';
import { Daemon, run } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';

/** Numbers as fast as it may, until the file STOP is there. */
const counter = `import itertools, os, sys, time
for number in itertools.count():
    os.write(1, b"%d\\n" % number)
    if number % 50 == 0:
        time.sleep(0.002)
        if os.path.exists(sys.argv[1]):
            break
os.write(1, b"end\\n")
time.sleep(1000)
`;
const counters = ['moved', 'created', 'signalled'] as const;
const rotations = 3;

let daemon: Daemon;

beforeAll(async () => {
  const programs = counters.map(
    (name) => `[program:${name}]
command=/usr/bin/python3 %(here)s/counter.py %(here)s/${name}.stop
stdout_logfile=%(here)s/${name}.log`,
  );
  daemon = await Daemon.start({
    files: { 'counter.py': counter },
    config: `${programs.join('\n')}
[program:copied]
command=/bin/cat
startsecs=0
stdout_logfile=%(here)s/copied.log`,
  });
  await eventually(async () => Object.values(await daemon.states()).every((state) => state === 'RUNNING'), {
    what: 'all to run',
  });
});
afterAll(async () => {
  await daemon?.stop();
});

const signal = () => `postrotate\nkill -USR2 ${daemon.pid}\nendscript`;

/** Rotates a log now, as `directives` say. */
async function logrotate(log: string, directives: string): Promise<void> {
  const file = daemon.path('logrotate.conf');
  writeFileSync(file, `${daemon.path(log)} {\nrotate 9\n${directives}\n}\n`);
  const outcome = await run(['/usr/sbin/logrotate', '--force', '--state', daemon.path('state'), file]);
  expect(outcome).toEqual({ status: 0, stdout: '', stderr: '' });
}

/** A log with its old files, the oldest first. */
function files(log: string): string[] {
  const old = Array.from({ length: 9 }, (_, index) => daemon.read(`${log}.${9 - index}`));
  return [...old.filter((text) => text !== ''), daemon.read(log)];
}

async function hasGrown(log: string): Promise<void> {
  await eventually(() => daemon.read(log) !== '', { what: `something new in ${log}` });
}

/** Rotates again and again what a program writes to all the while, and finds all of it. */
async function losesNothing(name: (typeof counters)[number], directives: string): Promise<void> {
  const log = `${name}.log`;
  for (let rotation = 0; rotation < rotations; rotation += 1) {
    await hasGrown(log);
    await logrotate(log, directives);
  }
  await hasGrown(log);
  writeFileSync(daemon.path(`${name}.stop`), '');
  await eventually(() => daemon.read(log).endsWith('end\n'), { what: 'the last line' });
  const all = files(log);
  expect(all).toHaveLength(rotations + 1);
  const lines = all.join('').split('\n').slice(0, -2);
  expect(lines).toEqual(Array.from(lines, (_, number) => String(number)));
}

describe('the log of a program, under logrotate', () => {
  test('that renames it, continues in a new file without a signal', () => losesNothing('moved', 'nocreate'));

  test('that creates the new file, continues there, with its mode and owner', async () => {
    await losesNothing('created', 'create 0604 daemon adm');
    const { mode, uid, gid } = statSync(daemon.path('created.log'));
    expect([(mode & 0o777).toString(8), uid, gid]).toEqual(['604', 1, 4]);
  });

  test('that sends SIGUSR2, continues at once', () => losesNothing('signalled', `create\n${signal()}`));

  test('that copies and truncates it, continues at its start', async () => {
    const batches = ['one\ntwo\n', 'three\n', 'four\nfive\n'];
    for (const batch of batches) {
      for (const word of batch.trim().split('\n')) await say(word);
      await eventually(() => daemon.read('copied.log') === batch, { what: `the words ${batch}` });
      await logrotate('copied.log', 'copytruncate');
      expect(daemon.read('copied.log')).toBe('');
    }
    expect(files('copied.log')).toEqual([...batches, '']);
  });
});

describe('the log of the daemon, under logrotate', () => {
  test.each([
    ['moves it away', 'nocreate'],
    ['creates the new file and sends SIGUSR2', 'SIGUSR2'],
    ['copies and empties it', 'copytruncate'],
  ])('that %s, has every line once', async (_what, directives) => {
    const pids: string[] = [];
    for (let rotation = 0; rotation < 2; rotation += 1) {
      pids.push(await restarted());
      await logrotate('supervisord.log', directives === 'SIGUSR2' ? `create\n${signal()}` : directives);
      await eventually(
        async () => {
          pids.push(await restarted());
          return daemon.log().includes(`with pid ${pids.at(-1)}\n`);
        },
        { what: 'a new log of the daemon' },
      );
    }
    const spawned = [
      ...files('supervisord.log')
        .join('')
        .matchAll(/spawned: 'copied' with pid (\d+)\n/g),
    ];
    expect(spawned.map(([, pid]) => pid).slice(-pids.length)).toEqual(pids);
  });
});

async function say(word: string): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${daemon.port}/api/v1/supervisor.sendProcessStdin`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ name: 'copied', chars: `${word}\n` }),
  });
  expect(await response.json()).toEqual({ result: true });
}

/** Restarts a program, which is a few lines in the log of the daemon; its new process. */
async function restarted(): Promise<string> {
  expect((await daemon.supervisorctl('restart', 'copied')).status).toBe(0);
  return (await daemon.supervisorctl('pid', 'copied')).stdout.trim();
}
