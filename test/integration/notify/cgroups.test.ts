// ready=notify where programs run in cgroups of their own: who belongs to a program is known for certain.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import type { Daemon } from '../../support/daemon.ts';
import { delegate, discard, newCgroup, startIn } from '../../support/delegated-cgroup.ts';
import { eventually } from '../../support/eventually.ts';

const directory = newCgroup();
beforeAll(() => delegate(directory));
afterAll(() => discard(directory));

const support = join(import.meta.dir, '../../support');

function start(scripts: Readonly<Record<string, string>>): Promise<Daemon> {
  const prelude = `import os, sys\nsys.path.insert(0, ${JSON.stringify(support)})\nsys.dont_write_bytecode = True\nfrom notify import *\n`;
  const files = Object.fromEntries(
    Object.entries(scripts).map(([name, text]) => [`${name}.py`, `${prelude}${text}`]),
  );
  const config = Object.keys(scripts).map(
    (name) =>
      `[program:${name}]\ncommand=/usr/bin/python3 ${name}.py\ndirectory=%(here)s\nready=notify\nkillascgroup=true\n`,
  );
  return startIn(directory, config.join(''), files);
}

async function states(daemon: Daemon, name: string, expected: string): Promise<void> {
  await eventually(async () => (await daemon.states())[name] === expected, {
    what: `${name} to be ${expected}`,
  });
}

/** A child that sends while the daemon reads nothing, and has been reaped when it reads again. */
const fleeting = (message: string, to: string) => `
wait_for('send')
child = os.fork()
if child == 0:
    send('${message}', ${to})
    os._exit(0)
os.waitpid(child, 0)
write('sent', child)
stay()`;

async function sendsWhileStopped(daemon: Daemon): Promise<void> {
  process.kill(daemon.pid, 'SIGSTOP');
  await Bun.write(daemon.path('send'), 'x');
  await eventually(() => daemon.read('sent') !== '', { what: 'the message' });
  process.kill(daemon.pid, 'SIGCONT');
}

describe('in a cgroup, a message', () => {
  test('counts although its sender has ended, and its parents do not know it', async () => {
    const daemon = await start({ told: fleeting('READY=1', 'address()') });
    await sendsWhileStopped(daemon);
    await states(daemon, 'told', 'RUNNING');
    await daemon.stop();
  });

  test('does not count from another cgroup, also when its sender has ended', async () => {
    const daemon = await start({
      told: `write('address', address())\nstay()`,
      other: `to = wait_for('address')\nsend('READY=1')${fleeting('READY=1', 'to')}`,
    });
    await states(daemon, 'other', 'RUNNING');
    await sendsWhileStopped(daemon);
    await eventually(() => daemon.log().includes("dropped a message to 'told'"), {
      what: 'it to be dropped',
    });
    expect((await daemon.states()).told).toBe('STARTING');
    await daemon.stop();
  });

  test('does not count from an orphan of another program, though it was executed with the address', async () => {
    const daemon = await start({
      told: `write('address', address())\nstay()`,
      other: `
if 'FORGED' in os.environ:
    if fork_daemon():
        send('READY=1')
        barrier()
        write('forged', 1)
    os._exit(0)
os.environ['FORGED'] = '1'
os.environ['NOTIFY_SOCKET'] = wait_for('address')
if os.fork() == 0: os.execv(sys.executable, [sys.executable, 'other.py'])
stay()`,
    });
    await eventually(() => daemon.read('forged') !== '', { what: 'the message' });
    expect((await daemon.states()).told).toBe('STARTING');
    await daemon.stop();
  });

  test('may name a daemon that has cleared its environment as the main process', async () => {
    const daemon = await start({
      told: `
if len(sys.argv) > 1:
    write('daemon', os.getpid())
    stay()
if fork_daemon(): os.execve(sys.executable, [sys.executable, 'told.py', 'daemon'], {})
pid = wait_for('daemon')
send(f'MAINPID={pid}\\nREADY=1')
barrier()`,
    });
    await states(daemon, 'told', 'RUNNING');
    const { stdout } = await daemon.supervisorctl('pid', 'told');
    expect(stdout).toBe(`${daemon.read('daemon')}\n`);
    await daemon.supervisorctl('stop', 'told');
    expect(daemon.log()).toContain('WARN stopped: told (terminated by SIGTERM)');
    await daemon.stop();
  });
});
