// Programs that show that they are ready by a descriptor (as those written for s6) or by a line of their output.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import type { ProcessInfo } from '../../../src/client/process-info.ts';
import type { SupervisorClient } from '../../../src/client/supervisor-client.ts';
import { clientOf } from '../../support/client.ts';
import { Daemon, ours, run } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/free-port.ts';

/** Waits for the file `go` of the program, then shows that it is ready, then stays. */
const waiting = (name: string, show: string) => `
import os, sys, time, signal
while not os.path.exists('${name}.go'): time.sleep(0.01)
${show}
signal.pause()
`;
const floodMegabytes = 100;

/** What each program does to show that it is ready. */
const shown = {
  s6: `os.write(3, b'\\n'); os.close(3)`,
  wordy: `os.write(7, b'starting'); os.write(7, b' up\\nignored')`,
  other: `os.write(3, b'\\n'); os.close(3)`,
  out: `print('listening on 127.0.0.1:80', flush=True)`,
  err: `print('listening on 127.0.0.1:80', file=sys.stderr, flush=True)`,
  joined: `print('listening on 127.0.0.1:80', file=sys.stderr, flush=True)`,
  halves: `os.write(1, b'noise\\nlistening o'); os.write(1, b'n 127.0.0.1:80'); os.write(1, b'\\n')`,
  stripped: `os.write(1, b'\\x1b[32mlistening on 127.0.0.1:80\\x1b[0m\\n')`,
  json: `print('listening on 127.0.0.1:80', flush=True)`,
  flood: `
line = b'x' * 99 + b'\\n'
for _ in range(${floodMegabytes * 10}): sys.stdout.buffer.write(line * 1000)
print('listening on 127.0.0.1:80', flush=True)`,
  pool: `print('listening on 127.0.0.1:80', file=sys.stderr, flush=True)`,
  fcgi: `os.write(3, b'\\n')`,
} as const;
type Name = keyof typeof shown;

const byDescriptor: readonly Name[] = ['s6', 'other', 'fcgi'];
const readyOf = (name: Name) =>
  name === 'wordy' ? 'fd:7' : byDescriptor.includes(name) ? 'fd:3' : 'log:^listening on [\\d.]+:\\d+$';
const more: Partial<Record<Name, string>> = {
  other: 'user=nobody',
  joined: 'redirect_stderr=true',
  json: 'stdout_logfile_format=json',
  flood: 'stdout_logfile_maxbytes=0',
  pool: 'events=TICK_3600',
  fcgi: 'socket=unix://%(here)s/fcgi.sock',
};
const kinds: Partial<Record<Name, string>> = { pool: 'eventlistener', fcgi: 'fcgi-program' };

const section = (name: Name) => `
[${kinds[name] ?? 'program'}:${name}]
command=/usr/bin/python3 -S %(here)s/${name}.py
directory=%(here)s
stdout_logfile=%(here)s/${name}.out
stderr_logfile=%(here)s/${name}.err
startsecs=0
ready=${readyOf(name).replaceAll('%', '%%')}
${more[name] ?? ''}
`;

const names = Object.keys(shown).filter((name): name is Name => name in shown);
let daemon: Daemon;
let redisPort: number;
let client: SupervisorClient;

beforeAll(async () => {
  redisPort = await freePort();
  daemon = await Daemon.start({
    supervisord: 'strip_ansi=true',
    files: Object.fromEntries(names.map((name) => [`${name}.py`, waiting(name, shown[name])])),
    config: `${names.map(section).join('')}
[program:redis]
command=/usr/bin/redis-server --bind 127.0.0.1 --port ${redisPort} --save "" --dir %(here)s
stdout_logfile=%(here)s/redis.out
ready=log:Ready to accept connections
[program:wrapped]
command=/bin/sh -c "exec /usr/bin/env -u X /usr/bin/nice -n 1 /usr/bin/python3 -S -c \\"import os, signal; os.write(900, b'\\n'); signal.pause()\\""
ready=fd:900
[program:closing]
command=/bin/sh -c "printf words >&3; exec 3>&-; exec sleep 1000"
ready=fd:3
startretries=1000
[program:exiting]
command=/bin/sh -c "exit 3"
ready=fd:3
startretries=1000
[program:kept]
command=/bin/sh -c "sleep 1000 & exec 3>&-; exec sleep 1000"
killasgroup=true
stopasgroup=true
ready=fd:3
[program:silent]
command=/bin/sh -c "echo listening on; printf 'listening on 127.0.0.1:80'; exec sleep 1000"
ready=log:^listening on \\d
ready_timeout=500ms
startretries=1000
[program:again]
command=/bin/sh -c "echo >>%(here)s/again.runs; while [ ! -e %(here)s/again.$(wc -l <%(here)s/again.runs) ]; do sleep 0.01; done; echo >&3; exec sleep 1000"
ready=fd:3
`,
  });
  client = clientOf(daemon);
});

afterAll(async () => {
  client.close();
  await daemon.stop();
});

function info(name: string): Promise<ProcessInfo> {
  return client.process(name);
}

function becomes(name: string, state: string) {
  return eventually(async () => (await info(name)).statename === state, { what: `${name} to be ${state}` });
}

test.each([
  ['kept', 'fd:3: no newline yet'],
  ['out', 'log:^listening on [\\d.]+:\\d+$: no line has matched yet'],
])('status tells what %s lacks', async (name, lack) => {
  await becomes(name, 'STARTING');
  await eventually(async () => (await info(name)).description === `not ready: ${lack}`, { what: lack });
});

describe('a program is STARTING until', () => {
  test.each([
    ['s6', 'it writes a newline to its descriptor'],
    ['wordy', 'it writes a newline after other words'],
    ['other', 'it writes a newline, as another user'],
    ['out', 'its line comes on stdout'],
    ['err', 'its line comes on stderr'],
    ['joined', 'its line comes on stderr, which goes to the log of stdout'],
    ['halves', 'its line is complete, which it writes in pieces'],
    ['stripped', 'its line comes, without the control sequences that the log leaves out'],
    ['json', 'its line comes, whatever its log makes of it'],
    ['pool', 'its line comes, as an event listener'],
    ['fcgi', 'it writes a newline, as a FastCGI program'],
  ] as const)('%s: %s', async (name) => {
    await becomes(name, 'STARTING');
    const before = await info(name);
    writeFileSync(daemon.path(`${name}.go`), '');
    await becomes(name, 'RUNNING');
    expect((await info(name)).pid).toBe(before.pid);
  });

  test('redis-server accepts connections', async () => {
    await becomes('redis', 'RUNNING');
    expect(daemon.read('redis.out')).toContain('Ready to accept connections');
    const answer = await run(['/usr/bin/redis-cli', '-p', String(redisPort), 'ping']);
    expect(answer.stdout).toBe('PONG\n');
  });

  test('the program at the end of a chain of wrappers writes its newline', async () => {
    await becomes('wrapped', 'RUNNING');
  });

  test('its line comes after a flood, of which nothing is lost', async () => {
    const { pid } = await info('flood');
    writeFileSync(daemon.path('flood.go'), '');
    await becomes('flood', 'RUNNING');
    const last = 'listening on 127.0.0.1:80\n';
    await eventually(() => statSync(daemon.path('flood.out')).size === floodMegabytes * 1e6 + last.length, {
      what: 'all of it to be in the log',
    });
    expect((await info('flood')).pid).toBe(pid);
  });
});

describe('a program that', () => {
  test('closes its descriptor without a newline is stopped, which counts as a failed start', async () => {
    await becomes('closing', 'BACKOFF');
    expect((await info('closing')).spawnerr).toBe('closed descriptor 3 without a newline');
    expect(daemon.log()).toMatch(/stopping 'closing' \(\d+\): closed descriptor 3 without a newline/);
  });

  test('exits before it is ready is reported by its exit, not by its descriptor', async () => {
    await eventually(() => daemon.log().split('exited: exiting (exit status 3; not expected)').length > 2, {
      what: 'two attempts',
    });
    expect(daemon.log()).not.toMatch(/stopping 'exiting'/);
    expect((await info('exiting')).spawnerr).not.toContain('descriptor');
  });

  test('has closed its descriptor, which a child of it keeps open, is still awaited', async () => {
    const { pid } = await info('kept');
    await eventually(() => readFileSync(`/proc/${pid}/comm`, 'utf8') === 'sleep\n', { what: 'its exec' });
    expect(await info('kept')).toMatchObject({ pid, statename: 'STARTING' });
  });

  test('writes no whole line that matches is stopped in the end', async () => {
    await becomes('silent', 'BACKOFF');
    expect((await info('silent')).spawnerr).toBe(
      'not ready within 0.5 seconds: log:^listening on \\d: no line has matched yet',
    );
    expect(daemon.log()).not.toMatch(/success: silent/);
  });

  test('is started again has to show again that it is ready', async () => {
    await eventually(() => daemon.read('again.runs') === '\n', { what: 'its first run' });
    writeFileSync(daemon.path('again.1'), '');
    await becomes('again', 'RUNNING');
    const { pid } = await info('again');
    const restarted = daemon.supervisorctl('restart', 'again');
    await eventually(() => daemon.read('again.runs') === '\n\n', { what: 'its second run' });
    expect((await info('again')).statename).toBe('STARTING');
    writeFileSync(daemon.path('again.2'), '');
    expect((await restarted).stdout).toBe('again: stopped\nagain: started\n');
    expect(await info('again')).toMatchObject({ statename: 'RUNNING' });
    expect((await info('again')).pid).not.toBe(pid);
  });
});

test('the descriptor is closed in the daemon after the newline, and no other program has it', async () => {
  await becomes('wrapped', 'RUNNING');
  const { pid } = await info('wrapped');
  expect(readdirSync(`/proc/${pid}/fd`).toSorted()).toEqual(['0', '1', '2', '900']);
  const pipe = readlinkSync(`/proc/${pid}/fd/900`);
  for (const other of [daemon.pid, (await info('redis')).pid, (await info('again')).pid])
    expect(descriptorsOf(other)).not.toContain(pipe);
});

function descriptorsOf(pid: number): readonly string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`);
    } catch {
      // Closed since.
      return [];
    }
  });
}

describe('an expression that cannot be used', () => {
  const section = '[program:x]\ncommand=/bin/true\nready=log:(a)\\1\n';
  const problem = 'unusable regular expression: backreferences are not supported, at character 4';

  test('is a mistake in its line, for check and for the start', async () => {
    const path = daemon.path('bad.conf');
    writeFileSync(path, `[unix_http_server]\nfile=%(here)s/bad.sock\n[supervisord]\n${section}`);
    const checked = await run([ours[0], 'check', '-c', path]);
    expect(checked.status).not.toBe(0);
    expect(checked.stdout).toContain(problem);
    expect(checked.stdout).toContain('bad.conf:6');
    const started = await run([...ours, '-n', '-c', path]);
    expect(started.status).toBe(2);
    expect(started.stderr).toContain(problem);
  });

  test('is refused by reread, which changes nothing', async () => {
    const before = daemon.read('supervisord.conf');
    writeFileSync(daemon.configPath, `${before}${section}`);
    const { stdout } = await daemon.supervisorctl('reread');
    writeFileSync(daemon.configPath, before);
    expect(stdout).toContain(`CANT_REREAD: ${problem} in section 'program:x'`);
  });
});
