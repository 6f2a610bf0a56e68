// tsupervisor doctor on machines that have something: real daemons, real sockets, real programs.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { chownSync, mkdirSync, readFileSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Daemon, type Outcome, original, ours, run } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/free-port.ts';
import { alone, cat, configurationIn, newHome } from './patient.ts';

interface Report {
  readonly ok: boolean;
  readonly daemonPid: number | null;
  readonly findings: readonly {
    readonly id: string;
    readonly what: string;
    readonly why: string;
    readonly remedy: string;
  }[];
}

const doctor = (configuration: string, ...args: string[]): Promise<Outcome> =>
  run([ours[0], 'doctor', '-c', configuration, ...args]);

/** The report; the exit status must agree with it. */
async function examined(configuration: string): Promise<Report> {
  const { stdout, status } = await doctor(configuration, '--json', '--lang', 'en');
  const report: Report = JSON.parse(stdout);
  expect(status).toBe(report.findings.length === 0 ? 0 : 1);
  return report;
}

const ids = (report: Report): string[] => report.findings.map(({ id }) => id);

let directory: string;
const path = (name: string): string => join(directory, name);

beforeAll(() => {
  directory = newHome();
});
afterAll(() => rmSync(directory, { recursive: true }));

/** A configuration without a daemon, in a directory of its own. */
function configuration(name: string, more = '', supervisord = ''): string {
  const home = path(name);
  mkdirSync(home);
  return configurationIn(home, more, supervisord);
}

for (const [whose, executable] of Object.entries({ ours, original }))
  describe(`a machine with ${whose}`, () => {
    test('that is well gets status 0 and is told so', async () => {
      const daemon = await Daemon.start({ executable, config: cat });
      await eventually(async () => (await daemon.states()).cat === 'RUNNING', { what: 'cat to run' });
      const report = await examined(daemon.configPath);
      expect(report).toMatchObject({ ok: true, daemonPid: daemon.pid, findings: [] });
      const { stdout, status } = await doctor(daemon.configPath, '--lang', 'en');
      expect(stdout).toContain(`daemon: pid ${daemon.pid}`);
      expect(stdout).toEndWith('\nno problems found\n');
      expect(status).toBe(0);
      await daemon.stop();
    });

    test('is told of each program why it does not run', async () => {
      const port = await freePort();
      const daemon = await Daemon.start({
        executable,
        files: { 'plain-file': 'no program', 'leaves.py': leaves },
        config: `${cat}
${failing('missing', '/nonexistent/program')}
${failing('plain', '%(here)s/plain-file')}
${failing('lost', '/bin/cat', 'directory=/nonexistent')}
${failing('database', `/bin/sh -c 'echo connecting; echo "no database" >&2; exit 3'`)}
${failing('redis', `/usr/bin/redis-server --daemonize yes --bind 127.0.0.1 --port ${port} --save "" --dir %(here)s`)}
${failing('leaves', '/usr/bin/python3 %(here)s/leaves.py')}
${failing('busy', `/bin/sh -c 'echo "bind: Address already in use (127.0.0.1:${port})" >&2; exit 1'`)}`,
      });
      const failed = ['missing', 'plain', 'lost', 'database', 'redis', 'leaves', 'busy'];
      // Of another supervisord, which has a program of the same name.
      const stranger = Bun.spawn(['sleep', '300'], {
        env: {
          SUPERVISOR_PROCESS_NAME: 'leaves',
          SUPERVISOR_GROUP_NAME: 'leaves',
          SUPERVISOR_SERVER_URL: 'unix:///another.sock',
        },
      });
      await eventually(
        async () => {
          const states = await daemon.states();
          return failed.every((name) => states[name] === 'FATAL');
        },
        { what: 'all to be FATAL' },
      );
      const { findings } = await examined(daemon.configPath);
      stranger.kill();
      const of = (name: string) => findings.find(({ what }) => what.startsWith(`${name} is FATAL`));
      expect(of('missing')).toMatchObject({ id: 'program-command-not-found' });
      expect(of('missing')?.remedy).toContain('command -v program');
      expect(of('plain')).toMatchObject({ id: 'program-command-not-executable' });
      expect(of('plain')?.remedy).toContain(`chmod +x ${daemon.path('plain-file')}`);
      expect(of('lost')).toMatchObject({ id: 'program-directory-unusable' });
      expect(of('lost')?.remedy).toContain('mkdir -p /nonexistent');
      expect(of('database')).toMatchObject({ id: 'program-exits-too-quickly' });
      expect(of('database')?.why).toContain('exit status 3; its last output:\n  | no database');
      expect(of('redis')).toMatchObject({ id: 'program-daemonises-itself' });
      expect(of('redis')?.remedy).toContain('--daemonize no');
      expect(of('leaves')).toMatchObject({ id: 'program-daemonises-itself' });
      const left = Number(daemon.read('left.pid'));
      expect(of('leaves')?.why).toContain(`pid ${left}: `);
      expect(of('leaves')?.remedy).toContain(`kill ${left}\n`);
      expect(of('busy')).toMatchObject({ id: 'program-port-taken' });
      expect(of('busy')?.remedy).toContain(`ss -ltnp 'sport = :${port}'`);
      expect(findings).toHaveLength(failed.length);
      const again = `tsupervisor start -c ${daemon.configPath} `;
      for (const { remedy } of findings) expect(remedy).toContain(again);
      process.kill(left, 'SIGKILL');
      await run(['redis-cli', '-p', String(port), 'shutdown', 'nosave']);
      await daemon.stop();
    });

    test('is told of a configuration that was changed since', async () => {
      const daemon = await Daemon.start({ executable, config: cat });
      writeFileSync(
        daemon.configPath,
        `${readFileSync(daemon.configPath, 'utf8').replaceAll('program:cat', 'program:dog')}\n`,
      );
      const report = await examined(daemon.configPath);
      expect(ids(report)).toEqual(['configuration-not-in-force']);
      expect(report.findings[0]?.why).toBe('new: dog; removed: cat');
      await daemon.stop();
    });

    test('is told of a socket that a killed daemon left', async () => {
      const daemon = await Daemon.start({ executable, config: cat });
      daemon.subprocess.kill('SIGKILL');
      await daemon.subprocess.exited;
      const report = await examined(daemon.configPath);
      expect(ids(report)).toEqual(['daemon-not-running']);
      expect(report.findings[0]?.why).toContain(`left ${daemon.path('supervisor.sock')}`);
      rmSync(daemon.directory, { recursive: true });
    });

    test('is told when the daemon behind the socket runs with another configuration', async () => {
      const daemon = await Daemon.start({ executable, config: cat });
      const other = join(daemon.directory, 'other.conf');
      writeFileSync(other, readFileSync(daemon.configPath));
      const report = await examined(other);
      expect(ids(report)).toEqual(['configuration-not-the-daemons']);
      expect(report.findings[0]?.remedy).toBe(`tsupervisor doctor -c ${daemon.configPath}`);
      // Another name for the same file is no other file.
      const link = join(daemon.directory, 'link.conf');
      symlinkSync(daemon.configPath, link);
      expect((await examined(link)).ok).toBe(true);
      await daemon.stop();
    });
  });

describe('a machine with a daemon that got into trouble', () => {
  test('is told that the socket was removed under a running daemon', async () => {
    const daemon = await Daemon.start({ config: cat });
    unlinkSync(daemon.path('supervisor.sock'));
    const report = await examined(daemon.configPath);
    expect(ids(report)).toEqual(['socket-missing']);
    expect(report.findings[0]?.remedy).toContain(`kill -HUP ${daemon.pid}`);
    daemon.subprocess.kill('SIGHUP');
    await eventually(async () => (await examined(daemon.configPath)).ok, { what: 'the remedy to help' });
    await daemon.stop();
  });

  test('is told of what an earlier daemon left running', async () => {
    const program =
      '[program:worker]\ncommand=/bin/sh -c "sleep 300 & wait"\n[program:cat]\ncommand=/bin/cat';
    const file = configuration('killed', program);
    const log = join(path('killed'), 'log');
    const start = async (): Promise<Bun.Subprocess> => {
      const daemon = Bun.spawn([...ours, '-n', '-c', file], { stdout: 'ignore', stderr: 'ignore' });
      await eventually(() => readOr(log).includes('worker entered RUNNING'), { what: 'the program to run' });
      return daemon;
    };
    const first = await start();
    const orphan = Number(/'worker' with pid (\d+)/.exec(readOr(log))?.[1]);
    expect(ids(await examined(file))).toEqual([]);
    first.kill('SIGKILL');
    await first.exited;
    // In the order in which they are to be carried out: else every program would run twice.
    expect(ids(await examined(file))).toEqual(['orphans', 'daemon-not-running']);
    unlinkSync(log);
    const second = await start();
    const { findings } = await examined(file);
    expect(findings.map(({ id, remedy }) => [id, remedy])).toEqual([['orphans', `kill ${orphan}`]]);
    process.kill(-orphan, 'SIGKILL');
    await eventually(async () => (await examined(file)).ok, { what: 'the remedy to help' });
    second.kill('SIGTERM');
    await second.exited;
  });

  test('is told of two daemons on one configuration, and which one to end', async () => {
    const file = configuration('two', cat);
    const home = path('two');
    const start = (...args: string[]) =>
      Bun.spawn([...ours, '-n', '-c', file, ...args], { stdout: 'ignore', stderr: 'ignore' });
    const first = start();
    await eventually(() => readOr(join(home, 'log')).includes('started with pid'), { what: 'the first' });
    unlinkSync(join(home, 's.sock'));
    const second = start('-l', join(home, 'log2'), '-j', join(home, 'pid2'));
    await eventually(() => readOr(join(home, 'log2')).includes('started with pid'), { what: 'the second' });
    const report = await examined(file);
    expect(ids(report)).toEqual(['two-daemons']);
    expect(report.daemonPid).toBe(second.pid);
    expect(report.findings[0]?.remedy).toBe(`kill ${first.pid}`);
    for (const daemon of [first, second]) daemon.kill('SIGTERM');
    await Promise.all([first.exited, second.exited]);
  });
});

describe('what only looks like a daemon', () => {
  const nobody = ['setpriv', '--reuid=nobody', '--regid=nogroup', '--clear-groups'];
  const lookalike = (file: string, ...as: string[]) =>
    Bun.spawn([...as, 'bash', '-c', 'exec -a supervisord perl -e "sleep 300" -- -c "$0"', file], {
      stdio: ['ignore', 'ignore', 'ignore'],
    });
  const isThere = (child: Bun.Subprocess, word: string) =>
    eventually(() => readOr(`/proc/${child.pid}/cmdline`).startsWith(word), { what: word });

  test('of another user is not obeyed, whatever it is called and executes', async () => {
    const file = configuration('trap', cat);
    const trap = path('trap/theirs.conf');
    writeFileSync(trap, readFileSync(file));
    const disguised = lookalike(trap, ...nobody);
    const script = path('trap/supervisord');
    writeFileSync(script, 'import sys; sys.stdin.read()');
    const real = Bun.spawn([...nobody, '/usr/bin/python3', script, '-c', file], { stdin: 'pipe' });
    await isThere(disguised, 'supervisord');
    await isThere(real, '/usr/bin/python3');
    const { stdout } = await doctor(file, '--json', '--lang', 'en');
    disguised.kill();
    real.kill();
    await Promise.all([disguised.exited, real.exited]);
    const report: Report = JSON.parse(stdout);
    expect(report).toMatchObject({ daemonPid: null, findings: [{ id: 'daemon-not-running' }] });
    expect(stdout).not.toContain('chown');
    expect(stdout).not.toContain(`${disguised.pid}`);
  });

  test('of root is none by its command line alone, nor while it shows its version', async () => {
    const file = configuration('lookalike', cat);
    const disguised = lookalike(file);
    const script = path('lookalike/supervisord');
    writeFileSync(script, 'import sys; sys.stdin.read()');
    const version = Bun.spawn(['/usr/bin/python3', script, '-c', file, '--version'], { stdin: 'pipe' });
    await isThere(disguised, 'supervisord');
    await isThere(version, '/usr/bin/python3');
    const report = await examined(file);
    disguised.kill();
    version.kill();
    await Promise.all([disguised.exited, version.exited]);
    expect(report).toMatchObject({ daemonPid: null });
    expect(ids(report)).toEqual(['daemon-not-running']);
  });
});

describe('a pidfile', () => {
  test.each([
    ['a pipe', 'mkfifo'],
    ['endless', 'ln -s /dev/zero'],
  ])('that is %s does not hold the doctor up', async (name, make) => {
    const file = configuration(name.replace(' ', '-'), cat);
    await run(['/bin/sh', '-c', `${make} "$0"`, join(path(name.replace(' ', '-')), 'pid')]);
    const report = await examined(file);
    expect(ids(report)).toEqual(['daemon-not-running']);
    expect(report.findings[0]?.why).toStartWith('there is no pidfile');
  });
});

test('a program that restarts while an orphan of it holds its port is found, with the orphan', async () => {
  const port = await freePort();
  const daemon = await Daemon.start({
    files: { 'server.py': heir },
    config: `[program:heir]\ncommand=/usr/bin/python3 -u %(here)s/server.py ${port}\nstartsecs=0\nstartretries=1000`,
  });
  await eventually(() => daemon.log().split('exited: heir').length > 5, { what: 'it to restart' });
  const report = await examined(daemon.configPath);
  const heirs = Number(daemon.read('heir.pid'));
  process.kill(heirs, 'SIGKILL');
  await daemon.stop();
  expect(ids(report)).toEqual(['program-port-taken']);
  expect(report.findings[0]?.what).toMatch(/^heir keeps restarting/);
  expect(report.findings[0]?.why).toContain(`still running from an earlier run: pid ${heirs}: `);
  expect(report.findings[0]?.remedy).toStartWith(`kill ${heirs}\n`);
});

describe('a machine without a daemon', () => {
  test('is told of a configuration that is not there, and where was searched', async () => {
    const report = await examined(path('nowhere.conf'));
    expect(ids(report)[0]).toBe('configuration-not-found');
    expect(report.findings[0]?.why).toContain(`could not find config file ${path('nowhere.conf')}`);
  });

  test('is told that the user of the daemon may not write its logs, and whose they must be', async () => {
    const file = configuration('denied', `${cat}\nstdout_logfile=${path('denied')}/cat.log`, 'user=www-data');
    const report = await examined(file);
    expect(new Set(ids(report))).toEqual(new Set(['daemon-not-running', 'not-writable']));
    const denied = report.findings.find(({ id }) => id === 'not-writable');
    expect(denied?.what).toBe(`www-data has no permission to write ${path('denied')}`);
    expect(denied?.remedy).toBe(`chown www-data ${path('denied')}`);
    chownSync(path('denied'), 33, 33);
    expect(ids(await examined(file))).toEqual(['daemon-not-running']);
  });
});

describe('an ordinary user', () => {
  const asUser = ['setpriv', '--reuid=www-data', '--regid=www-data', '--clear-groups'];

  test('is not told to take over the logs that root has to write', async () => {
    const file = configuration('roots', cat);
    const command = [...asUser, ours[0], 'doctor', '-c', file, '--json', '--lang', 'en'];
    const report: Report = JSON.parse((await run(command)).stdout);
    expect(ids(report)).toEqual(['daemon-not-running']);
  });

  test('is told why the socket of root is closed to him', async () => {
    const daemon = await Daemon.start({ config: cat });
    const command = [...asUser, ours[0], 'doctor', '-c', daemon.configPath, '--json'];
    const report: Report = JSON.parse((await run(command)).stdout);
    const denied = report.findings.find(({ id }) => id === 'socket-denied');
    expect(denied?.why).toContain('mode 0700, root:root');
    expect(denied?.remedy).toContain('chmod = 0770');
    expect(ids(report)).not.toContain('daemon-not-running');
    await daemon.stop();
  });
});

describe('a server that wants a password', () => {
  test('is not shown the password of the configuration, but told where it belongs', async () => {
    const home = path('password');
    const file = configuration('password', cat);
    const text = readFileSync(file, 'utf8').replace(
      '[supervisord]',
      'username=joe\npassword=secret\n[supervisord]',
    );
    writeFileSync(file, text);
    const daemon = Bun.spawn([...ours, '-n', '-c', file], { stdout: 'ignore' });
    await eventually(() => readOr(join(home, 'log')).includes('started with pid'), { what: 'the daemon' });
    const { stdout } = await doctor(file);
    expect(stdout).toContain('requires a user name and password');
    expect(stdout).toContain('username = joe');
    expect(stdout).not.toContain('secret');
    daemon.kill('SIGTERM');
    await daemon.exited;
  });
});

describe('the language', () => {
  test('is Chinese by --lang and by LANG', async () => {
    const file = configuration('chinese', cat);
    // Daemons that come and go beside it would be told of.
    const inChinese = (words: string) => run(alone(`exec env ${words} -c ${file}`));
    const { stdout } = await inChinese(`${ours[0]} doctor --lang zh`);
    expect(stdout).toContain('解决办法：');
    expect(stdout).toEndWith('发现 1 个问题\n');
    const byLocale = await inChinese(`LC_ALL=zh_CN.UTF-8 ${ours[0]} doctor`);
    expect(byLocale.stdout).toBe(stdout);
  });
});

describe('a daemon that refuses to start', () => {
  test('names the directory that is missing and the command that makes it', async () => {
    const missing = join(path('refused'), 'gone');
    const file = configuration('refused', cat);
    writeFileSync(file, readFileSync(file, 'utf8').replace('file=', `file=${missing}/s.sock\n;`));
    const { status, stderr } = await run([...ours, '-n', '-c', file]);
    expect(status).toBe(2);
    expect(stderr).toContain('Error: Cannot open an HTTP server: socket.error reported errno.ENOENT (2)\n');
    expect(stderr).toContain(
      `Cause: the directory ${missing} does not exist (needed for unix_http_server (${missing}/s.sock))\n`,
    );
    expect(stderr).toEndWith(`Remedy: mkdir -p ${missing}\n`);
  });

  test('tells the same of a log directory, and of one that it may not write', async () => {
    const file = configuration('unlogged', cat, 'user=www-data');
    const denied = await run([...ours, '-n', '-c', file]);
    expect(denied.status).toBe(2);
    expect(denied.stderr).toEndWith(`Remedy: chown www-data ${path('unlogged')}\n`);
    const missing = path('unlogged/none');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/logfile=.*/, `logfile=${missing}/log`));
    expect((await run([...ours, '-n', '-c', file])).stderr).toEndWith(`Remedy: mkdir -p ${missing}\n`);
  });

  test('names what is in the way of its socket, and an address that the machine does not have', async () => {
    const file = configuration('obstructed', cat);
    const socket = /^file=(.*)$/m.exec(readFileSync(file, 'utf8'))?.[1] ?? '';
    writeFileSync(socket, 'precious');
    const obstructed = await run([...ours, '-n', '-c', file]);
    expect(obstructed.status).toBe(2);
    expect(obstructed.stderr).toContain(
      `Cause: ${socket} exists but is not a socket (mode 0644, root:root)\n`,
    );
    expect(obstructed.stderr).toEndWith(
      `Remedy: ls -ld ${socket}\nRemedy: # remove it if nothing needs it, or change file= in [unix_http_server]\n`,
    );
    rmSync(socket);
    writeFileSync(file, `${readFileSync(file, 'utf8')}\n[inet_http_server]\nport=192.0.2.1:9001\n`);
    const { stderr } = await run([...ours, '-n', '-c', file]);
    expect(stderr).toContain(
      'Error: Cannot open an HTTP server: socket.error reported errno.EADDRNOTAVAIL (99)\n',
    );
    expect(stderr).toContain('Cause: [inet_http_server] is to listen on 192.0.2.1, which is not an address');
    expect(stderr).toEndWith('Remedy: [inet_http_server]\nRemedy: port = 127.0.0.1:9001\n');
  });
});

describe('a daemon whose sockets are taken', () => {
  const day = /\d{4}-\d\d-\d\d \d\d:\d\d/.source;

  test('by a daemon with the same configuration tells its pid, since when, and where it is', async () => {
    const daemon = await Daemon.start({ config: cat });
    try {
      const link = join(daemon.directory, 'link.conf');
      symlinkSync(daemon.configPath, link);
      const { status, stderr } = await run([...ours, '-n', '-c', link, '-l', '/dev/null']);
      expect(status).toBe(2);
      const lines = stderr.split('\n').filter((line) => /^(?:Cause|Remedy): /.test(line));
      expect(lines).toEqual([
        expect.stringMatching(
          new RegExp(
            `^Cause: supervisord is already running with this configuration: pid ${daemon.pid} since ${day}, at ` +
              `\\[inet_http_server\\] 127.0.0.1:${daemon.port}, \\[unix_http_server\\] ${daemon.directory}/\\S+ ` +
              `\\(.* -n -c ${daemon.configPath}\\)$`,
          ),
        ),
        `Remedy: tsupervisor status -c ${daemon.configPath}`,
        `Remedy: tsupervisor update -c ${daemon.configPath}   # after a change of the configuration`,
      ]);
    } finally {
      await daemon.stop();
    }
  });

  test('by the original supervisord tells the same', async () => {
    const daemon = await Daemon.start({ config: cat, executable: original });
    try {
      const { stderr } = await run([...ours, '-n', '-c', daemon.configPath, '-l', '/dev/null']);
      expect(stderr).toContain(
        `Cause: supervisord is already running with this configuration: pid ${daemon.pid} since`,
      );
    } finally {
      await daemon.stop();
    }
  });

  test('by another program tells which, since when, and of which server', async () => {
    const port = await freePort();
    const listener = Bun.spawn(
      ['/usr/bin/python3', '-c', `import socket; s = socket.create_server(("127.0.0.1", ${port})); input()`],
      { stdin: 'pipe' },
    );
    await eventually(() => isOpen(port), { what: 'the other program to listen' });
    const file = configuration('taken', `${cat}\n[inet_http_server]\nport=127.0.0.1:${port}`);
    const { stderr } = await run([...ours, '-n', '-c', file]);
    listener.kill();
    await listener.exited;
    expect(stderr).toMatch(
      new RegExp(
        `\nCause: \\[inet_http_server\\] 127.0.0.1:${port} is taken by pid ${listener.pid} since ${day} ` +
          `\\(/usr/bin/python3 -c import socket.*\\)\n` +
          `Remedy: ps -fp ${listener.pid}\nRemedy: # stop it, or change port= in \\[inet_http_server\\]\n$`,
      ),
    );
  });
});

describe('a configuration with several mistakes', () => {
  test('is refused with the first one, the number of others, and where they can be seen', async () => {
    const file = configuration('mistaken', `${cat}\nautostart=maybe\nstartsecs=x\nstopsignal=NO`);
    const { stderr } = await run([...ours, '-n', '-c', file]);
    expect(stderr.split('\n').filter((line) => line.startsWith('Cause'))).toEqual([]);
    expect(stderr).toEndWith(`Remedy: tsupervisor check -c ${file}   # shows 2 more\n`);
  });
});

/** Listens, and leaves a child that holds the port; each later run finds it taken. */
const heir = `import os, socket, sys, time
server = socket.socket()
time.sleep(0.1)
server.bind(("127.0.0.1", int(sys.argv[1])))
server.listen()
pid = os.fork()
if pid == 0:
    time.sleep(1000)
with open(os.path.join(os.path.dirname(__file__), "heir.pid"), "w") as file:
    file.write(str(pid))
sys.exit(1)
`;

/** Goes into the background as the textbooks have it. */
const leaves = `import os, time
if os.fork() == 0:
    os.setsid()
    with open(os.path.join(os.path.dirname(__file__), "left.pid"), "w") as file:
        file.write(str(os.getpid()))
    time.sleep(1000)
os._exit(0)
`;

function failing(name: string, command: string, more = ''): string {
  return `[program:${name}]\ncommand=${command}\nstartretries=0\nautorestart=false\n${more}`;
}

async function isOpen(port: number): Promise<boolean> {
  try {
    (await Bun.connect({ hostname: '127.0.0.1', port, socket: { data() {} } })).end();
    return true;
  } catch {
    return false;
  }
}

function readOr(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
