// Commands that run until Ctrl-C: tail -f, status --watch, events.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { readFileSync, writeFileSync } from 'node:fs';
import { clientOf } from '../../support/client.ts';
import { Conversation } from '../../support/conversation.ts';
import { Daemon, original, ours, run } from '../../support/daemon.ts';

const config = `
[program:cat]
command=/bin/cat
startsecs=0
[program:dog]
command=/bin/cat
startsecs=0
[program:log]
command=/usr/bin/perl -e '$| = 1; $n = 0; while (<>) { print map { ++$n . " \\e[3" . $n %% 8 . "mcolour\\e[0m\\n" } 1 .. 5000 }'
stdout_logfile=%(here)s/log.log
stdout_logfile_maxbytes=20000
stdout_logfile_backups=1000
startsecs=0
[program:hue]
command=/bin/sh -c 'while read -r line; do printf "\\033[31m%%s\\033[0m\\n" "$line"; done'
stdout_logfile=%(here)s/hue.log
startsecs=0
`;

let daemon: Daemon;

beforeAll(async () => {
  daemon = await Daemon.start({ config });
});
afterAll(() => daemon.stop());

function follow(...args: string[]): Conversation {
  const [command = '', ...rest] = args;
  return Conversation.withPipes([ours[0], command, '-c', daemon.configPath, ...rest]);
}

async function write(name: string, text: string): Promise<void> {
  const client = clientOf(daemon);
  await client.sendStdin(name, text);
  client.close();
}

describe('tail -f', () => {
  test('of one process shows its last lines once, then what it writes, also before the end of a line', async () => {
    await write('cat', 'one\ntwo\nthree\n');
    const tail = follow('tail', '-f', '-n', '2', 'cat');
    await tail.sees('three\n');
    await write('cat', 'four, schön\nprompt>');
    await tail.sees('prompt>');
    tail.signal('SIGINT');
    expect(await tail.ended()).toEqual({ status: 0, stdout: 'two\nthree\nfour, schön\nprompt>', stderr: '' });
  });

  test('of several keeps their lines apart', async () => {
    await write('dog', 'grr\n');
    const tail = follow('tail', '-f', '-n', '1', 'cat', 'dog');
    await tail.sees('dog | grr\n');
    await write('dog', 'wau\n');
    await tail.sees('dog | wau\n');
    await write('cat', 'mi');
    await write('dog', 'wuff\n');
    await tail.sees('dog | wuff\n');
    await write('cat', 'au\n');
    await tail.sees('au\n', 2);
    expect(tail.printed).not.toMatch(/^(?!(cat|dog) \| )./m);
    tail.signal('SIGINT');
    expect((await tail.ended()).status).toBe(0);
  });
});

describe('tail of a log with colours and control characters', () => {
  const lines = Array.from({ length: 100 }, (_, at) => `\x1b[32mGET\x1b[0m /${at} \x00\x07\n`);
  let log: string;

  beforeEach(async () => {
    log = daemon.path('hue.log');
    writeFileSync(log, lines.join(''));
  });

  test('gives its bytes as they are when it is not at a terminal', async () => {
    writeFileSync(log, Buffer.from([0x1b, 0x5b, 0x31, 0x6d, 0xff, 0x80, 0x0d, 0x0a, 0xe2]));
    const tail = Bun.spawnSync([ours[0], 'tail', '-c', daemon.configPath, 'hue']);
    expect([...tail.stdout]).toEqual([...readFileSync(log)]);
  });

  test('continues where the last lines end, and repeats nothing', async () => {
    const tail = follow('tail', '-f', '-n', '2', 'hue');
    await tail.sees('/99');
    await write('hue', 'last\n');
    await tail.sees('last');
    tail.signal('SIGINT');
    await tail.ended();
    expect(tail.written).toBe(`${lines.slice(-2).join('')}\x1b[31mlast\x1b[0m\n`);
  });

  test('passes colours on to a terminal, and shows what a terminal would obey', async () => {
    writeFileSync(log, '\x1b[1;38;5;208mtitle \x1b]0;taken\x07 \x1b[2J\x1b[H\xe9\u009b5n over\rwritten\r\n');
    const tail = Conversation.atTerminal([ours[0], 'tail', '-c', daemon.configPath, 'hue']);
    await tail.ended();
    expect(tail.written).toBe(
      '\x1b[1;38;5;208mtitle ^[]0;taken^G ^[[2J^[[H\xe9\\x9b5n over^Mwritten\r\r\n\x1b[0m',
    );
  });

  test('of several ends the colours of a line with the line', async () => {
    await write('dog', 'plain\n');
    writeFileSync(log, '\x1b[31mred\n');
    const command = [ours[0], 'tail', '-n', '1', '-c', daemon.configPath, 'hue', 'dog'];
    const tail = Conversation.atTerminal(command);
    await tail.ended();
    expect(tail.written).toContain('\x1b[31mred\r\n\x1b[0m');
    expect(tail.printed).toBe('dog | plain\nhue | red\n');
  });
});

test('tail -f misses and repeats nothing while a log grows and rotates', async () => {
  const tail = follow('tail', '-f', '-n', '0', 'log');
  let written = 0;
  const writeMore = async () => {
    await write('log', '\n');
    written += 5000;
  };
  await tail.happensUntil(' colour\n', writeMore);
  for (let count = 0; count < 12; count += 1) await writeMore();
  await tail.sees(`${written} colour\n`);
  tail.signal('SIGINT');
  await tail.ended();
  const numbers = [...tail.written.matchAll(/^(\d+) /gm)].map(([, number]) => Number(number));
  expect(numbers.length).toBeGreaterThan(50_000);
  expect(numbers).toEqual(numbers.map((_, at) => (numbers[0] ?? 0) + at));
  expect(tail.written).toBe(numbers.map((n) => `${n} \x1b[3${n % 8}mcolour\x1b[0m\n`).join(''));
});

test('tail -f of the original starts with the end of the log that it sends, and continues', async () => {
  const other = await Daemon.start({ config, executable: original });
  const client = clientOf(other);
  await client.sendStdin('cat', 'one\ntwo\nthree\n');
  const tail = Conversation.withPipes([ours[0], 'tail', '-c', other.configPath, '-f', '-n', '2', 'cat']);
  await tail.sees('three\n');
  await client.sendStdin('cat', 'four\n');
  await tail.sees('four\n');
  tail.signal('SIGINT');
  expect(await tail.ended()).toEqual({ status: 0, stdout: 'two\nthree\nfour\n', stderr: '' });
  client.close();
  await other.stop();
});

describe('status --watch', () => {
  test('prints a line for each change when stdout is no terminal', async () => {
    const watch = follow('status', '--watch', 'cat', 'dog');
    await watch.sees('RUNNING', 2);
    await run([ours[0], 'stop', '-c', daemon.configPath, 'dog']);
    await watch.sees('dog  STOPPED');
    await run([ours[0], 'start', '-c', daemon.configPath, 'dog']);
    await watch.sees('RUNNING', 3);
    watch.signal('SIGINT');
    expect((await watch.ended()).status).toBe(0);
  });

  test('draws the table again and again at a terminal, in colours', async () => {
    const watch = Conversation.atTerminal([ours[0], 'status', '-c', daemon.configPath, '--watch']);
    await watch.sees('cat  RUNNING', 2);
    watch.types('\x03');
    expect((await watch.ended()).status).toBe(0);
  });
});

describe('events', () => {
  test('are shown as they happen', async () => {
    const events = follow('events');
    const json = follow('events', '--json', 'process_state_stop');
    // Until both are connected nothing they could miss may happen: a first event shows that they are.
    await events.happensUntil('PROCESS_STATE', () =>
      run([ours[0], 'restart', '-c', daemon.configPath, 'dog']),
    );
    await json.happensUntil('STOPPED', () => run([ours[0], 'restart', '-c', daemon.configPath, 'dog']));
    await run([ours[0], 'stop', '-c', daemon.configPath, 'cat']);
    await events.sees('PROCESS_STATE_STOPPING process:cat group:cat');
    await json.sees('"type":"PROCESS_STATE_STOPPED"');
    for (const following of [events, json]) following.signal('SIGINT');
    expect((await events.ended()).status).toBe(0);
    const lines = (await json.ended()).stdout.trim().split('\n');
    for (const line of lines) expect(JSON.parse(line).type).toStartWith('PROCESS_STATE_STOP');
  });

  test('are not to be had from the original, which is said', async () => {
    const other = await Daemon.start({ config, executable: original });
    const { status, stderr } = await run([ours[0], 'events', '-c', other.configPath]);
    expect(status).toBe(5);
    expect(stderr).toEndWith('this supervisord has no stream of events\n');
    await other.stop();
  });
});
