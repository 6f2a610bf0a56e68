// The daemon itself: background, pidfile, signals, restart in place, what it refuses.
import { describe, expect, test } from 'bun:test';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Daemon, type Outcome, original, ours, run } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';

/** Starts `executable` on a configuration that it must refuse; what it said. `DIR` is its directory. */
async function refusal(
  executable: readonly string[],
  text: string,
  args: readonly string[] = [],
): Promise<Outcome> {
  const directory = mkdtempSync(join(tmpdir(), 'tsv-bad-'));
  try {
    chmodSync(directory, 0o777);
    const config = join(directory, 'supervisord.conf');
    writeFileSync(config, text.replaceAll('DIR', directory));
    const outcome = await run([...executable, '-n', '-c', config, ...args], { cwd: directory });
    // The original says nothing of causes and remedies.
    const clean = (output: string): string =>
      output
        .replaceAll(/^(?:Cause|Remedy): .*\n/gm, '')
        .replaceAll(directory, 'DIR')
        .replaceAll(executable[0] ?? '', 'PROGRAM')
        .replaceAll(/^\d{4}-\d\d-\d\d [\d:,]+ /gm, '');
    return { status: outcome.status, stdout: clean(outcome.stdout), stderr: clean(outcome.stderr) };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const nobody = 65534;

/** The effective uids of all threads of a process. */
function uidsOf(pid: number): number[] {
  const threads = readdirSync(`/proc/${pid}/task`);
  const statuses = threads.map((thread) => readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8'));
  return [...new Set(statuses.map((status) => Number(/^Uid:\t\d+\t(\d+)/m.exec(status)?.[1])))];
}

const program = '[program:x]\ncommand=/bin/cat\n';
const bad: Readonly<Record<string, string>> = {
  'no [supervisord] section': program,
  'an unknown user of a program': `[supervisord]\n${program}user=nosuchuser\n`,
  'an unknown user of the daemon': '[supervisord]\nuser=nosuchuser\n',
  'a pidfile in a directory that does not exist': '[supervisord]\npidfile=/nonexistent/x.pid\n',
  'a log file in a directory that does not exist': '[supervisord]\nlogfile=/nonexistent/x.log\n',
  'a word that is no boolean': `[supervisord]\n${program}autostart=perhaps\n`,
  'a line without a delimiter': '[supervisord]\nnodaemon\n',
  'a program without a command': '[supervisord]\n[program:x]\n',
  'an argument for the standard RPC interface':
    '[supervisord]\nlogfile=DIR/log\n[unix_http_server]\nfile=DIR/x.sock\n[rpcinterface:supervisor]\n' +
    'supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\nretries=3\n',
  'a socket for an owner whom the user of the daemon may not name':
    '[supervisord]\nlogfile=DIR/log\npidfile=DIR/pid\nuser=nobody\n[unix_http_server]\nfile=DIR/x.sock\nchown=root:root\n',
  'a socket in a directory that does not exist':
    '[supervisord]\nlogfile=DIR/log\n[unix_http_server]\nfile=/nonexistent/x.sock\n',
};

describe('a configuration that cannot be used', () => {
  for (const [what, text] of Object.entries(bad)) {
    test(`${what}: the original's line and exit status`, async () => {
      const [mine, theirs] = await Promise.all([refusal(ours, text), refusal(original, text)]);
      expect(mine.stderr.replace(/PROGRAM supervisord/, 'PROGRAM')).toBe(theirs.stderr);
      expect(mine.status).toBe(theirs.status);
    });
  }

  test('more files than the kernel grants: the original’s line, but with the number that is granted', async () => {
    const text = '[supervisord]\nminfds=2000000000\n';
    const [mine, theirs] = await Promise.all([refusal(ours, text), refusal(original, text)]);
    const granted = /Max open files +\d+ +(\d+)/.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    const said = 'only allow you to open 2000000000 file';
    expect(theirs.stderr).toContain(said);
    expect(mine.stderr.replace(/PROGRAM supervisord/, 'PROGRAM')).toBe(
      theirs.stderr.replace(said, `only allow you to open ${granted} file`),
    );
    expect(mine.status).toBe(theirs.status);
  });

  test('a missing file', async () => {
    const { status, stderr } = await run([...ours, '-c', '/nonexistent.conf']);
    expect(stderr).toStartWith('Error: could not find config file /nonexistent.conf\nFor help, use ');
    expect(status).toBe(2);
  });
});

describe('a second daemon on the same socket', () => {
  test('is refused with one clear line, and the first is not affected', async () => {
    const daemon = await Daemon.start({ config: program });
    try {
      await eventually(async () => (await daemon.states()).x === 'RUNNING', { what: 'x to run' });
      const before = await daemon.supervisorctl('pid', 'x');
      const second = await run([...ours, '-n', '-c', daemon.configPath]);
      expect(second.status).toBe(2);
      expect(second.stderr).toContain('Error: Another program is already listening on a port');
      expect((await daemon.supervisorctl('pid', 'x')).stdout).toBe(before.stdout);
      expect((await daemon.supervisorctl('tail', 'x')).status).toBe(0);
      expect(daemon.read('supervisord.pid')).toBe(`${daemon.pid}\n`);
    } finally {
      await daemon.stop();
    }
  });
});

describe('in the background', () => {
  test('the starter ends with 0 when the daemon is up, and the daemon ends cleanly', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'tsv-bg-'));
    const path = (name: string): string => join(directory, name);
    writeFileSync(
      path('supervisord.conf'),
      `[unix_http_server]\nfile=${path('s.sock')}\n[supervisord]\nlogfile=${path('log')}\npidfile=${path('pid')}
childlogdir=${directory}\ndirectory=/\numask=077\n[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]\nserverurl=unix://${path('s.sock')}\n${program}`,
    );
    const started = await run([...ours, '-c', path('supervisord.conf')]);
    expect(started).toEqual({ status: 0, stdout: '', stderr: '' });
    const pid = Number(readFileSync(path('pid'), 'utf8'));
    const ctl = (...args: string[]): Promise<Outcome> =>
      run(['/usr/bin/supervisorctl', '-c', path('supervisord.conf'), ...args]);
    expect((await ctl('pid')).stdout).toBe(`${pid}\n`);
    const status = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ');
    expect(status?.[3]).toBe(String(pid));
    expect(readFileSync(path('log'), 'utf8')).toContain('INFO daemonizing the supervisord process');
    expect((await ctl('shutdown')).stdout).toBe('Shut down\n');
    await eventually(() => !existsSync(`/proc/${pid}`) || !existsSync(path('pid')), {
      what: 'the daemon to end',
    });
    expect(existsSync(path('s.sock'))).toBe(false);
    rmSync(directory, { recursive: true });
  });

  test('an error reaches the terminal of the starter with the right status', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'tsv-bg-'));
    writeFileSync(
      join(directory, 'c.conf'),
      `[supervisord]\nlogfile=${directory}/log\n[unix_http_server]\nfile=/nonexistent/x.sock\n`,
    );
    const { status, stderr } = await run([...ours, '-c', join(directory, 'c.conf')]);
    expect(stderr).toContain('Error: Cannot open an HTTP server: socket.error reported errno.ENOENT (2)');
    expect(status).toBe(2);
    rmSync(directory, { recursive: true });
  });
});

describe('signals to the daemon', () => {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const) {
    test(`${signal} stops everything and ends with 0`, async () => {
      const daemon = await Daemon.start({ config: program });
      await eventually(async () => (await daemon.states()).x === 'RUNNING', { what: 'x to run' });
      const pid = Number((await daemon.supervisorctl('pid', 'x')).stdout);
      daemon.subprocess.kill(signal);
      expect(await daemon.subprocess.exited).toBe(0);
      expect(existsSync(`/proc/${pid}`)).toBe(false);
      expect(daemon.log()).toContain(`WARN received ${signal} indicating exit request`);
      expect(daemon.log()).toContain('INFO waiting for x to die');
      expect(existsSync(daemon.path('supervisor.sock'))).toBe(false);
      expect(existsSync(daemon.path('supervisord.pid'))).toBe(false);
      rmSync(daemon.directory, { recursive: true });
    });
  }

  test('SIGHUP restarts in place: same pid, new configuration', async () => {
    const daemon = await Daemon.start({ config: program });
    const config = readFileSync(daemon.configPath, 'utf8');
    writeFileSync(daemon.configPath, `${config}\n[program:y]\ncommand=/bin/cat\n`);
    daemon.subprocess.kill('SIGHUP');
    await eventually(async () => (await daemon.states()).y === 'RUNNING', { what: 'the new program to run' });
    expect((await daemon.supervisorctl('pid')).stdout).toBe(`${daemon.pid}\n`);
    expect(await daemon.stop()).toBe(0);
  });

  test('a restart on a configuration that cannot be started goes back to the last one', async () => {
    const taken = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } });
    const daemon = await Daemon.start({ config: '[program:cat]\ncommand=/bin/cat\nstartsecs=0' });
    const text = readFileSync(daemon.configPath, 'utf8');
    writeFileSync(daemon.configPath, text.replace(`127.0.0.1:${daemon.port}`, `127.0.0.1:${taken.port}`));
    daemon.subprocess.kill('SIGHUP');
    await eventually(() => daemon.log().includes('using the last good one: Another program is already'), {
      what: 'the warning',
      giveUp: async () => (daemon.subprocess.exitCode === null ? null : 'it ended'),
    });
    await eventually(async () => (await daemon.states()).cat === 'RUNNING', { what: 'cat to run again' });
    const { status } = await fetch(`http://127.0.0.1:${daemon.port}/healthz`);
    expect(status).toBe(200);
    expect(await daemon.stop()).toBe(0);
    taken.stop(true);
  });

  test('a restart obeys a user that was written down meanwhile, if that one can go on, in every thread, and no second one', async () => {
    const daemon = await Daemon.start({ config: '[program:cat]\ncommand=/bin/cat\nstartsecs=0' });
    const text = readFileSync(daemon.configPath, 'utf8');
    const restartAs = async (user: string, line: string): Promise<void> => {
      writeFileSync(daemon.configPath, text.replace('[supervisord]', `[supervisord]\nuser=${user}`));
      daemon.subprocess.kill('SIGHUP');
      await eventually(() => daemon.log().includes(line), { what: line });
      await eventually(async () => (await daemon.states()).cat === 'RUNNING', { what: 'cat to run again' });
    };
    const log = daemon.path('supervisord.log');
    await restartAs('nobody', `using the last good one: nobody may not write ${log} (EACCES)`);
    chownSync(log, nobody, nobody);
    await restartAs('nobody', `using the last good one: nobody may not write ${daemon.directory} (EACCES)`);
    expect(uidsOf(daemon.pid)).toEqual([0]);
    chownSync(daemon.directory, nobody, nobody);
    await restartAs('nobody', `INFO Set uid to user ${nobody} succeeded`);
    expect(uidsOf(daemon.pid)).toEqual([nobody]);
    expect(uidsOf(Number((await daemon.supervisorctl('pid', 'cat')).stdout))).toEqual([nobody]);
    await restartAs('daemon', "using the last good one: Can't drop privilege as nonroot user");
    expect(uidsOf(daemon.pid)).toEqual([nobody]);
    expect(await daemon.stop()).toBe(0);
  });

  test('a group whose AUTO logs cannot be made is refused in one line, and can be added later', async () => {
    const config = '[program:cat]\ncommand=/bin/cat\nstartsecs=0';
    const daemon = await Daemon.start({
      config,
      supervisord: 'childlogdir=%(here)s/logs',
      files: { 'logs/x': '' },
    });
    await daemon.supervisorctl('stop', 'cat');
    await daemon.supervisorctl('remove', 'cat');
    rmSync(daemon.path('logs'), { recursive: true });
    expect((await daemon.supervisorctl('add', 'cat')).stdout).toContain(
      `<Fault 30: 'FAILED: cat: open ${daemon.path('logs')}: ENOENT'`,
    );
    mkdirSync(daemon.path('logs'));
    expect((await daemon.supervisorctl('add', 'cat')).stdout).toBe('cat: added process group\n');
    expect(await daemon.stop()).toBe(0);
  });

  test('SIGHUP with a broken configuration changes nothing but the log', async () => {
    const daemon = await Daemon.start({ config: program });
    await eventually(async () => (await daemon.states()).x === 'RUNNING', { what: 'x to run' });
    const before = (await daemon.supervisorctl('pid', 'x')).stdout;
    writeFileSync(daemon.configPath, `${readFileSync(daemon.configPath, 'utf8')}autostart=perhaps\n`);
    daemon.subprocess.kill('SIGHUP');
    await eventually(() => daemon.log().includes("not a valid boolean value: 'perhaps'"), {
      what: 'the reason in the log',
    });
    expect((await daemon.supervisorctl('pid', 'x')).stdout).toBe(before);
    expect((await daemon.supervisorctl('reload')).stdout).toContain('CANT_REREAD');
    expect((await daemon.supervisorctl('pid', 'x')).stdout).toBe(before);
    await daemon.stop();
  });

  test('groups stop one after the other, the highest priority number first', async () => {
    const daemon = await Daemon.start({
      config: ['a', 'b', 'c']
        .map((name, index) => `[program:${name}]\ncommand=/bin/cat\nstartsecs=0\npriority=${index + 1}\n`)
        .join(''),
    });
    await eventually(async () => Object.values(await daemon.states()).every((state) => state === 'RUNNING'), {
      what: 'all to run',
    });
    const directory = daemon.directory;
    daemon.subprocess.kill('SIGTERM');
    await daemon.subprocess.exited;
    const stopped = [...daemon.log().matchAll(/stopped: (\w)/g)].map(([, name]) => name);
    expect(stopped).toEqual(['c', 'b', 'a']);
    rmSync(directory, { recursive: true });
  });

  test('SIGUSR2 reopens the logs after they were renamed', async () => {
    const daemon = await Daemon.start({
      config:
        '[program:t]\ncommand=/bin/sh -c "while :; do echo tick; sleep 0.02; done"\nstdout_logfile=%(here)s/t.log',
    });
    await eventually(() => daemon.read('t.log') !== '', { what: 'output' });
    await run(['mv', daemon.path('t.log'), daemon.path('t.old')]);
    daemon.subprocess.kill('SIGUSR2');
    await eventually(() => daemon.read('t.log') !== '', { what: 'a new log file' });
    expect(daemon.log()).toContain('INFO received SIGUSR2 indicating log reopen request');
    await daemon.stop();
  });
});
