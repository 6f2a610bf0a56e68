// Credentials, limits, umask and directory of the daemon and its programs, compared with the original.
import { describe, expect, test } from 'bun:test';
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { Daemon, type DaemonSetup, original, ours, run } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';
import { isAlive } from './kernel-view.ts';

/** Gives the daemon's directory away, becomes that user for good, and starts. */
const asUser = (executable: readonly string[]): string[] => {
  const drop = 'exec setpriv --reuid=www-data --regid=www-data --clear-groups "$0" "$@"';
  return ['/bin/sh', '-c', `chown www-data . && ${drop}`, ...executable];
};

/** Behind a shell with these limits, as on a terminal; the hard one is beyond the soft one. */
const limited = (soft: number, hard: number, executable: readonly string[]): string[] => {
  const script = `ulimit -S -n ${soft}; ulimit -H -n ${hard}; "$0" "$@" & wait`;
  return ['prlimit', '--nproc=300:4000', '/bin/sh', '-c', script, ...executable];
};

/** The shell in front of it does not pass signals on. */
async function shutDown(daemon: Daemon): Promise<void> {
  await daemon.supervisorctl('shutdown');
  await daemon.subprocess.exited;
  rmSync(daemon.directory, { recursive: true });
}

const wwwData = 33;
const cat = '[program:cat]\ncommand=/bin/cat\nstartsecs=0';

function statusOf(pid: number): Record<string, string> {
  const lines = readFileSync(`/proc/${pid}/status`, 'utf8').split('\n');
  return Object.fromEntries(
    lines.map((line) => [line.split(':')[0] ?? '', line.split('\t').slice(1).join(' ').trim()]),
  );
}

const softLimit = (pid: number, name: string): string =>
  new RegExp(`^${name}\\s+(\\S+)`, 'm').exec(readFileSync(`/proc/${pid}/limits`, 'utf8'))?.[1] ?? '';

async function running(setup: DaemonSetup): Promise<Daemon> {
  const daemon = await Daemon.start(setup);
  await eventually(async () => (await daemon.states()).cat === 'RUNNING', { what: 'cat to run' });
  return daemon;
}

const pidOf = async (daemon: Daemon, name: string): Promise<number> =>
  Number((await daemon.supervisorctl('pid', name)).stdout);

/** What the log says before "started with pid", without times. */
const opening = (daemon: Daemon): string[] =>
  daemon
    .log()
    .split('\n')
    .map((line) => line.slice(24))
    .slice(
      0,
      daemon
        .log()
        .split('\n')
        .findIndex((line) => line.includes('started with pid')),
    );

async function forBoth<T>(look: (executable: readonly string[]) => Promise<T>): Promise<[T, T]> {
  return Promise.all([look(ours), look(original)]);
}

describe('started by an ordinary user', () => {
  test('programs run, are killed, come back and are stopped, without any right of root', async () => {
    const daemon = await running({ executable: asUser(ours), config: cat });
    const first = await pidOf(daemon, 'cat');
    expect(statusOf(daemon.pid).Uid).toBe('33 33 33 33');
    expect(statusOf(first).Uid).toBe('33 33 33 33');
    process.kill(first, 'SIGKILL');
    await eventually(async () => ![0, first].includes(await pidOf(daemon, 'cat')), {
      what: 'cat to come back',
    });
    const second = await pidOf(daemon, 'cat');
    expect(daemon.log()).not.toContain('running as root');
    daemon.subprocess.kill('SIGTERM');
    expect(await daemon.subprocess.exited).toBe(0);
    expect(isAlive(second)).toBe(false);
    rmSync(daemon.directory, { recursive: true });
  });

  test('a program of another user is refused with the reason in its log, and the others run', async () => {
    const config = `${cat}\n[program:other]\ncommand=/bin/cat\nuser=nobody\nstartretries=0`;
    const [mine, theirs] = await forBoth(async (executable) => {
      const daemon = await running({ executable: asUser(executable), config });
      await eventually(async () => (await daemon.states()).other === 'FATAL', { what: 'other to be FATAL' });
      const { stdout } = await daemon.supervisorctl('tail', 'other', 'stderr');
      await daemon.stop();
      return stdout;
    });
    expect(mine).toBe(
      "supervisor: couldn't setuid to 65534: Can't drop privilege as nonroot user\nsupervisor: child process was not spawned\n\n",
    );
    expect(mine).toBe(theirs);
  });

  test('another user= in [supervisord] is refused in one line', async () => {
    const [mine, theirs] = await forBoth(async (executable) => {
      const daemon = await running({ config: cat });
      const command = ['setpriv', '--reuid=www-data', '--regid=www-data', '--clear-groups', ...executable];
      const outcome = await run([...command, '-n', '-c', daemon.configPath, '-u', 'nobody']);
      await daemon.stop();
      return { status: outcome.status, line: outcome.stderr.split('\n')[0] };
    });
    expect(mine).toEqual({ status: 2, line: "Error: Can't drop privilege as nonroot user" });
    expect(mine).toEqual(theirs);
  });
});

describe('user= of [supervisord]', () => {
  test('root is given up for good, with all groups of the user, and the log says so as the original', async () => {
    const [mine, theirs] = await forBoth(async (executable) => {
      const chowned = ['/bin/sh', '-c', 'chown www-data . && exec "$0" "$@"', ...executable];
      const daemon = await running({ executable: chowned, supervisord: 'user=www-data', config: cat });
      const [own, child] = [statusOf(daemon.pid), statusOf(await pidOf(daemon, 'cat'))];
      const seen = {
        own: [own.Uid, own.Gid, own.Groups, own.CapEff],
        child: [child.Uid, child.Gid, child.Groups, child.CapEff],
        log: opening(daemon).map((line) => line.replaceAll(daemon.directory, 'DIR')),
        socketOwner: statSync(daemon.path('supervisor.sock')).uid,
      };
      expect(await daemon.stop()).toBe(0);
      return seen;
    });
    expect(mine.own).toEqual(['33 33 33 33', '33 33 33 33', '33', '0000000000000000']);
    expect(mine.socketOwner).toBe(wwwData);
    expect(mine.log).toContain('INFO Set uid to user 33 succeeded');
    expect(mine).toEqual(theirs);
  });
});

describe('minfds and minprocs', () => {
  for (const { what, soft, minfds, seen, says } of [
    { what: 'raise what is too low', soft: 100, minfds: 1500, seen: '1500', says: true },
    {
      what: 'lower nothing, and raise nothing without need',
      soft: 1800,
      minfds: 1500,
      seen: '1800',
      says: false,
    },
  ])
    test(`${what}, for the daemon and its programs, as the original`, async () => {
      const [mine, theirs] = await forBoth(async (executable) => {
        const supervisord = `minfds=${minfds}\nminprocs=1600`;
        const daemon = await running({
          executable: limited(soft, 2000, executable),
          supervisord,
          config: cat,
        });
        const child = await pidOf(daemon, 'cat');
        const log = opening(daemon).filter((line) => line.includes('RLIMIT'));
        const limits = ['Max open files', 'Max processes'].map((name) => softLimit(child, name));
        await shutDown(daemon);
        return { log, limits };
      });
      const raised = `INFO Increased RLIMIT_NOFILE limit to ${minfds}`;
      expect(mine).toEqual({
        log: [...(says ? [raised] : []), 'INFO Increased RLIMIT_NPROC limit to 1600'],
        limits: [seen, '1600'],
      });
      expect(mine).toEqual(theirs);
    });

  test('are the soft limit that a process sets before it executes the daemon as its child; one that executes it in its own place is not seen', async () => {
    const asChild = 'ulimit -Sn 1100; "$@"; exit $?';
    const inPlace = `/bin/sh -c 'ulimit -Sn 1100; exec "$@"' sh "$@"; exit $?`;
    const softLimits = (script: string) =>
      forBoth(async (executable) => {
        const daemon = await running({
          executable: limited(1800, 2000, ['/bin/sh', '-c', script, 'sh', ...executable]),
          supervisord: 'minfds=200',
          config: cat,
        });
        const soft = softLimit(await pidOf(daemon, 'cat'), 'Max open files');
        await shutDown(daemon);
        return soft;
      });
    expect(await softLimits(asChild)).toEqual(['1100', '1100']);
    // The runtime has raised the limit of this process by then; the parent still has the old one.
    expect(await softLimits(inPlace)).toEqual(['1800', '1100']);
  });

  test('that an ordinary user may not have end the start with the words of the original, and with the limit there is', async () => {
    const setup = await running({ supervisord: 'minfds=5000', config: cat });
    const refusals = await forBoth(async (executable) => {
      const drop = ['setpriv', '--reuid=www-data', '--regid=www-data', '--clear-groups'];
      const command = ['prlimit', '--nofile=100:200', ...drop, ...executable];
      const { status, stderr } = await run([...command, '-n', '-c', setup.configPath]);
      return { status, line: stderr.split('\n')[0] };
    });
    await setup.stop();
    expect(refusals[0].line).toContain(
      'required to run this process is 5000 as per the "minfds" command-line argument or config file setting.' +
        ' The current environment will only allow you to open 200 file descriptors.',
    );
    // The original says that the environment allows what it was asked for.
    const line = refusals[0].line?.replace('to open 200 file', 'to open 5000 file');
    expect({ ...refusals[0], line }).toEqual(refusals[1]);
  });
});

describe('umask and directory of [supervisord]', () => {
  const look = `[program:cat]
command=/bin/sh -c 'umask >"$SEEN/umask"; pwd >"$SEEN/cwd.tmp"; mv "$SEEN/cwd.tmp" "$SEEN/cwd"; exec cat'
environment=SEEN="%(here)s"
startsecs=0`;
  const supervisord = 'umask=077\ndirectory=/usr\nminfds=200';

  test('are ignored in the foreground', async () => {
    const seen = await forBoth(async (executable) => {
      const daemon = await running({ executable, supervisord, config: look });
      await eventually(() => daemon.read('cwd') !== '', { what: 'the program to tell' });
      const views = [daemon.read('umask'), daemon.read('cwd').replace(daemon.directory, 'DIR')];
      await daemon.stop();
      return views;
    });
    expect(seen[0]).toEqual(['0022\n', 'DIR\n']);
    expect(seen[0]).toEqual(seen[1]);
  });

  test('count in the background', async () => {
    const seen = await forBoth(async (executable) => {
      // Only its directory and configuration are needed.
      const first = await running({ executable, supervisord, config: look });
      const { directory, configPath } = first;
      first.subprocess.kill('SIGTERM');
      await first.subprocess.exited;
      rmSync(first.path('cwd'), { force: true });
      const script = 'ulimit -S -n 700; "$0" "$@" & wait $!';
      const command = ['/bin/sh', '-c', script, ...executable, '-c', configPath];
      expect((await run(command, { cwd: directory })).status).toBe(0);
      await eventually(() => first.read('cwd') !== '', { what: 'the program to tell' });
      const soft = softLimit(await pidOf(first, 'cat'), 'Max open files');
      const views = [first.read('umask'), first.read('cwd'), soft];
      await first.supervisorctl('shutdown');
      await eventually(() => !existsSync(first.path('supervisord.pid')), { what: 'the daemon to end' });
      rmSync(directory, { recursive: true });
      return views;
    });
    expect(seen[0]).toEqual(['0077\n', '/usr\n', '700']);
    expect(seen[0]).toEqual(seen[1]);
  });
});

describe('AUTO logs', () => {
  const auto = '[program:cat]\ncommand=/bin/sh -c "echo hello; exec cat"\nstartsecs=0';
  const logsIn = async (daemon: Daemon): Promise<string[]> =>
    (await run(['find', daemon.directory, '-name', 'cat-*', '-printf', '%f %m\\n'])).stdout
      .trim()
      .split('\n')
      .sort();

  test('have the names and modes of the original and are created again by a restart', async () => {
    const seen = await forBoth(async (executable) => {
      const daemon = await running({ executable, config: auto });
      const before = await logsIn(daemon);
      daemon.subprocess.kill('SIGHUP');
      await eventually(() => daemon.log().split('started with pid').length === 3, { what: 'a restart' });
      await eventually(async () => (await daemon.states()).cat === 'RUNNING', { what: 'cat to run again' });
      const after = await logsIn(daemon);
      await daemon.stop();
      expect(after.filter((name) => before.includes(name))).toEqual([]);
      return [...before, ...after].map((name) => name.replace(/-[a-z0-9_]{8}\.log/, '-XXXXXXXX.log'));
    });
    const names = ['cat-stderr---supervisor-XXXXXXXX.log 600', 'cat-stdout---supervisor-XXXXXXXX.log 600'];
    expect(seen[0]).toEqual([...names, ...names]);
    expect(seen[0]).toEqual(seen[1]);
  });
});
