// To whom log files belong and who may read them, under the original and under ours: by umask, user=, rotation, clearing.
import { describe, expect, test } from 'bun:test';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { Daemon, original, ours, run } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';

function programs(options: string): string {
  return `[program:plain]
command=/bin/sh -c 'echo plain; exec cat'
startsecs=0
stdout_logfile=%(here)s/plain.log
${options}
[program:auto]
command=/bin/sh -c 'echo auto; exec cat'
startsecs=0
${options}
[program:rotated]
command=/bin/sh -c 'echo "a line that is long enough"; exec cat'
startsecs=0
stdout_logfile=%(here)s/rotated.log
stdout_logfile_maxbytes=10
stdout_logfile_backups=1
${options}`;
}

/** `NAME MODE USER:GROUP` of each file of a daemon, after every program has written, and again after `clear`. */
async function rightsOf(daemon: Daemon): Promise<{ written: string[]; cleared: string[] }> {
  const logged = () => daemon.read('plain.log') !== '' && daemon.read('rotated.log.1') !== '';
  await eventually(logged, { what: 'everything to be logged' });
  await eventually(async () => Object.values(await daemon.states()).every((state) => state === 'RUNNING'), {
    what: 'all to run',
  });
  const written = await files(daemon);
  expect((await daemon.supervisorctl('clear', 'all')).stdout).toContain('auto: cleared\n');
  const cleared = await files(daemon);
  return { written, cleared: cleared.filter((line) => !isAuto(line)) };
}

const isAuto = (line: string): boolean => line.includes('---supervisor-');

async function files(daemon: Daemon): Promise<string[]> {
  const { stdout } = await run(['find', daemon.directory, '-printf', '%P %m %u:%g\n']);
  const lines = stdout.trim().split('\n').sort();
  return lines.map((line) => line.replace(/-\w{8}\.log /, '-XXXXXXXX.log '));
}

/** What `look` sees under ours, which is what it sees under the original. */
async function sameForBoth<T>(look: (executable: readonly string[]) => Promise<T>): Promise<T> {
  const [mine, theirs] = await Promise.all([look(ours), look(original)]);
  expect(mine).toEqual(theirs);
  return mine;
}

/** Executes it after `preparation` by a shell in the daemon's directory. */
function after(preparation: string, executable: readonly string[]): readonly string[] {
  return ['/bin/sh', '-c', `${preparation}; exec "$0" "$@"`, ...executable];
}

describe('log files have the mode and the owner of the original', () => {
  test.concurrent('when the daemon was started under another umask', async () => {
    const { written, cleared } = await sameForBoth(async (executable) => {
      const daemon = await Daemon.start({ executable: after('umask 027', executable), config: programs('') });
      const rights = await rightsOf(daemon);
      await daemon.stop();
      return rights;
    });
    expect(written).toContain('rotated.log.1 640 root:root');
    expect(cleared).toContain('plain.log 640 root:root');
  });

  test.concurrent('when programs have a user and a umask of their own', async () => {
    const { written } = await sameForBoth(async (executable) => {
      const daemon = await Daemon.start({ executable, config: programs('user=nobody\numask=077') });
      const rights = await rightsOf(daemon);
      await daemon.stop();
      return rights;
    });
    expect(written).toContain('plain.log 644 root:root');
    expect(written).toContain('auto-stdout---supervisor-XXXXXXXX.log 600 root:root');
  });

  test.concurrent('when the daemon has given up root', async () => {
    const { written } = await sameForBoth(async (executable) => {
      const daemon = await Daemon.start({
        executable: after('chown www-data .', executable),
        supervisord: 'user=www-data',
        config: programs(''),
      });
      const rights = await rightsOf(daemon);
      await daemon.stop();
      return rights;
    });
    expect(written).toContain('plain.log 644 www-data:www-data');
  });

  test.concurrent('when the daemon in the background has a umask of its own, but for its own log', async () => {
    const ownLogs: string[] = [];
    const { written } = await sameForBoth(async (executable) => {
      const daemon = await prepared('umask=037');
      const started = await run([...executable, '-c', daemon.configPath], { cwd: daemon.directory });
      expect(started.status).toBe(0);
      const rights = await rightsOf(daemon);
      await daemon.supervisorctl('shutdown');
      await eventually(() => !existsSync(daemon.path('supervisord.pid')), { what: 'the daemon to end' });
      rmSync(daemon.directory, { recursive: true });
      const isOwnLog = (line: string): boolean => line.startsWith('supervisord.log');
      ownLogs.push(...rights.written.filter(isOwnLog));
      return { written: rights.written.filter((line) => !isOwnLog(line)) };
    });
    expect(written).toContain('plain.log 640 root:root');
    expect(ownLogs.sort()).toEqual(['supervisord.log 640 root:root', 'supervisord.log 644 root:root']);
  });
});

test.concurrent('AUTO logs that are begun anew are for their owner alone, where the original lets the umask decide', async () => {
  const modes = async (executable: readonly string[]): Promise<string[]> => {
    const daemon = await Daemon.start({
      executable,
      config: programs('stdout_logfile_maxbytes=4\nstdout_logfile_backups=1'),
    });
    const autoLogs = async () => (await files(daemon)).filter((line) => line.startsWith('auto-stdout'));
    await eventually(async () => (await autoLogs()).length === 2, { what: 'the AUTO log to rotate' });
    await eventually(async () => (await daemon.states())['auto'] === 'RUNNING', { what: 'it to run' });
    expect((await daemon.supervisorctl('clear', 'all')).stdout).toContain('auto: cleared\n');
    const lines = await autoLogs();
    await daemon.stop();
    return lines.map((line) => line.replace(/^\S+/, ''));
  };
  expect(await modes(ours)).toEqual([' 600 root:root', ' 600 root:root']);
  expect(await modes(original)).toEqual([' 644 root:root', ' 600 root:root']);
});

/** Only its directory and configuration are there. */
async function prepared(supervisord: string): Promise<Daemon> {
  const daemon = await Daemon.start({ supervisord, config: programs('') });
  daemon.subprocess.kill('SIGTERM');
  await daemon.subprocess.exited;
  for (const name of readdirSync(daemon.directory)) {
    if (name !== 'supervisord.conf') rmSync(daemon.path(name));
  }
  return daemon;
}
