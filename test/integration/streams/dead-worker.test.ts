// The worker that carries output dies under the daemon: its epoll_wait fails as it never should. Nobody reads then what
// programs write, so they are stopped in order, and the daemon fails.
import { expect, test } from 'bun:test';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Daemon, type Outcome, run } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';

const script = join(import.meta.dir, '../../support/stop-thread.py');
const lastWords = 'the worker that carries output has ended (epoll_wait: EBADF): stopping all programs';

const config = ['first', 'second', 'third']
  .map(
    (name, index) => `[program:${name}]
command=/bin/sh -c 'trap "echo ${name} >>%(here)s/order; exit" TERM; echo up; while :; do sleep 1000 & wait; done'
stopasgroup=true
priority=${index}
`,
  )
  .join('');

async function killWorker(daemon: Daemon): Promise<void> {
  const outcome = await run(['/usr/bin/python3', script, String(daemon.pid), 'Worker', 'EBADF']);
  expect(outcome).toEqual({ status: 0, stdout: '', stderr: '' });
}

/** How the daemon ends, and which of its files and programs it leaves; its directory goes. */
async function endOf(
  daemon: Daemon,
  pids: readonly string[],
): Promise<Omit<Outcome, 'stdout'> & { left: string[] }> {
  const { stderr } = daemon.subprocess;
  const [status, said] = await Promise.all([daemon.subprocess.exited, new Response(stderr).text()]);
  const files = ['supervisord.pid', 'supervisor.sock'].map((name) => daemon.path(name));
  const left = [...files, ...pids.map((pid) => `/proc/${pid}`)].filter((path) => existsSync(path));
  return { status, stderr: said, left };
}

async function pidsOf(daemon: Daemon): Promise<string[]> {
  await eventually(async () => Object.values(await daemon.states()).every((state) => state === 'RUNNING'), {
    what: 'all programs to run',
  });
  return (await daemon.supervisorctl('pid', 'all')).stdout.trim().split('\n');
}

test('every program is stopped in the usual order, and the daemon says why and ends with 1', async () => {
  const daemon = await Daemon.start({ config });
  const pids = await pidsOf(daemon);
  expect(pids).toHaveLength(3);
  await killWorker(daemon);
  expect(await endOf(daemon, pids)).toEqual({ status: 1, stderr: `tsupervisor: ${lastWords}\n`, left: [] });
  expect(daemon.read('order')).toBe('third\nsecond\nfirst\n');
  const [before, last] = daemon.log().trimEnd().split('\n').slice(-2);
  expect(before).toMatch(/INFO success: .* entered RUNNING state/);
  expect(last).toMatch(/^[-\d]+ [:,\d]+ CRIT /);
  expect(last).toEndWith(` CRIT ${lastWords}`);
  rmSync(daemon.directory, { recursive: true });
});

test('a restart that was under way becomes the end', async () => {
  const daemon = await Daemon.start({
    config: `${config}[program:slow]
command=/usr/bin/python3 -c "import signal, time; signal.signal(15, lambda *_: open('stopping', 'w')); time.sleep(1000)"
directory=%(here)s
stopwaitsecs=600
priority=9`,
  });
  const pids = await pidsOf(daemon);
  const slow = Number((await daemon.supervisorctl('pid', 'slow')).stdout);
  daemon.subprocess.kill('SIGHUP');
  await eventually(() => existsSync(daemon.path('stopping')), { what: 'the restart to have begun' });
  await killWorker(daemon);
  await eventually(() => daemon.log().includes(lastWords), { what: 'the daemon to know' });
  process.kill(slow, 'SIGKILL');
  expect(await endOf(daemon, pids)).toEqual({ status: 1, stderr: `tsupervisor: ${lastWords}\n`, left: [] });
  expect(daemon.read('order')).toBe('third\nsecond\nfirst\n');
  rmSync(daemon.directory, { recursive: true });
});
