// A pid that the kernel reuses before the exit of the child that had it is processed.
import { expect, test } from 'bun:test';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { clientOf } from '../../support/client.ts';
import { Daemon, ours } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';
import { childrenOf } from './kernel-view.ts';

/**
 * Sees to it that the pid in the file `wanted` becomes its child's, which leads a group and writes down every signal.
 */
const stranger = `import os, signal, time
def wait_for(name):
    while not os.path.exists(name): time.sleep(0.005)
    with open(name) as file: return int(file.read())
wanted = wait_for('wanted')
while True:
    with open('/proc/sys/kernel/ns_last_pid', 'w') as file: file.write(str(wanted - 1))
    pid = os.fork()
    if pid == 0: break
    if pid == wanted: os.waitpid(pid, 0)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
if os.getpid() != wanted: time.sleep(1000)
os.setpgid(0, 0)
def note(number, frame):
    with open('signalled', 'a') as file: file.write(f'{number}\\n')
for number in set(range(1, 32)) - {signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD}: signal.signal(number, note)
with open('taken.new', 'w') as file: file.write(str(os.getpid()))
os.rename('taken.new', 'taken')
while True: time.sleep(1000)
`;

test('a stranger that got the pid of a program that has just ended is never signalled, nor is its group', async () => {
  await eventually(signalAfterReuse, { what: 'the kernel to reuse a pid in time', timeoutMs: 60_000 });
});

/** The daemon stops to wait for the last output of a program after two seconds: a busy machine may be too late. */
const soonMs = 1000;

/** False if the exit was processed before the signals. */
async function signalAfterReuse(): Promise<boolean> {
  const container = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child', ...ours];
  const daemon = await Daemon.start({
    executable: container,
    files: { 'stranger.py': stranger },
    config: `[program:victim]
command=/bin/sleep 100000
startsecs=0
autorestart=false
stopasgroup=true
stopwaitsecs=1
[program:stranger]
command=/usr/bin/python3 stranger.py
directory=%(here)s
startsecs=0`,
  });
  const pidOf = async (name: string) => Number((await daemon.supervisorctl('pid', name)).stdout);
  await eventually(async () => (await pidOf('victim')) > 0, { what: 'the victim to run' });
  const pid = await pidOf('victim');
  const daemonPid = childrenOf(daemon.pid)[0]?.pid ?? 0;
  const victim = childrenOf(daemonPid).find(({ name }) => name === 'sleep')?.pid ?? 0;

  // While its pipes cannot be drained, the exit of a program is not processed: it stays RUNNING, with its old pid.
  const script = join(import.meta.dir, '../../support/stop-thread.py');
  const stopped = Bun.spawn(['/usr/bin/python3', script, String(daemonPid), 'Worker'], {
    stdin: 'pipe',
    stdout: 'pipe',
  });
  await stopped.stdout.getReader().read();
  const killedAt = performance.now();
  process.kill(victim, 'SIGKILL');
  await Bun.write(daemon.path('wanted'), String(pid));
  await eventually(() => daemon.read('taken') === String(pid), { what: 'a stranger to have the pid' });
  const isInTime = performance.now() - killedAt < soonMs;
  const client = clientOf(daemon);
  if (isInTime) {
    await client.signalProcess('victim', 'USR1');
    await client.stopProcess('victim', false);
    expect((await client.process('victim')).statename).toBe('STOPPING');
  }
  stopped.stdin.end();
  await eventually(
    async () => (await client.process('victim')).statename === (isInTime ? 'STOPPED' : 'EXITED'),
    { what: 'it to be told' },
  );
  client.close();

  const strangers = childrenOf(daemonPid).flatMap(({ pid }) => childrenOf(pid));
  expect(strangers.map(({ state }) => state)).toEqual(['S']);
  expect(daemon.read('signalled')).toBe('');
  process.kill(daemonPid, 'SIGTERM');
  expect(await daemon.subprocess.exited).toBe(0);
  rmSync(daemon.directory, { recursive: true });
  return isInTime;
}
