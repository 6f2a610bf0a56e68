// As process 1 of a container, which must reap all orphans.
import { expect, test } from 'bun:test';
import { rmSync } from 'node:fs';
import { Daemon, ours } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';
import { childrenOf, processOf } from './kernel-view.ts';

const orphans = 10_000;

const families = 100;

/** Each child ends with a hundred children of its own left behind, which end with 0 at about the same time. */
const orphanMaker = `import os
for _ in range(${families}):
    pid = os.fork()
    if pid == 0:
        for _ in range(${orphans / families}):
            if os.fork() == 0: os._exit(0)
        os._exit(0)
    os.waitpid(pid, 0)
`;

const container = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child', ...ours];

test('as process 1, ten thousand orphans are reaped and logged, and none stays a zombie', async () => {
  const daemon = await Daemon.start({
    executable: container,
    files: { 'orphans.py': orphanMaker },
    config: `[program:maker]
command=/usr/bin/python3 %(here)s/orphans.py
autorestart=false
startsecs=0
[program:cat]
command=/bin/cat`,
  });
  expect(daemon.read('supervisord.pid')).toBe('1\n');
  const daemonPid = childrenOf(daemon.pid)[0]?.pid ?? 0;
  const reaped = (): number => daemon.log().split(/INFO reaped unknown pid \d+ \(exit status 0\)/).length - 1;
  await eventually(() => reaped() >= orphans, {
    what: `${orphans} orphans to be reaped`,
    timeoutMs: 100_000,
  });
  await eventually(async () => (await daemon.states()).cat === 'RUNNING', { what: 'cat to run' });
  expect(reaped()).toBe(orphans);
  expect(daemon.log()).toContain('INFO exited: maker (exit status 0; expected)');
  expect(childrenOf(daemonPid).map(({ name, state }) => [name, state === 'Z'])).toEqual([['cat', false]]);
  expect((await daemon.supervisorctl('shutdown')).stdout).toBe('Shut down\n');
  expect(await daemon.subprocess.exited).toBe(0);
  expect(processOf(daemonPid)).toBeNull();
  rmSync(daemon.directory, { recursive: true });
});

test('as process 1, the end of the daemon takes everything along that ignored it', async () => {
  const daemon = await Daemon.start({
    executable: container,
    config: `[program:stubborn]
command=/bin/sh -c 'trap "" TERM; (trap "" TERM; sleep 1000 & wait) & wait'
startsecs=0
stopwaitsecs=1`,
  });
  await eventually(async () => (await daemon.states()).stubborn === 'RUNNING', { what: 'it to run' });
  const daemonPid = childrenOf(daemon.pid)[0]?.pid ?? 0;
  process.kill(daemonPid, 'SIGTERM');
  expect(await daemon.subprocess.exited).toBe(0);
  expect(processOf(daemonPid)).toBeNull();
  expect(daemon.log()).toContain('with SIGKILL');
  rmSync(daemon.directory, { recursive: true });
});
