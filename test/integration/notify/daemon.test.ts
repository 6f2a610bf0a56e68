// ready=notify in a daemon: what clients see, whose messages count, and what it leaves behind.
import { describe, expect, test } from 'bun:test';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { processStat } from '../../../src/linux/process-stat.ts';
import { clientOf } from '../../support/client.ts';
import { Daemon, ours, run, withDaemon } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';
import { childrenOf } from '../torture/kernel-view.ts';

const support = join(import.meta.dir, '../../support');

/** A script in Python, after test/support/notify.py. */
function script(text: string): string {
  return `import os, sys\nsys.path.insert(0, ${JSON.stringify(support)})\nsys.dont_write_bytecode = True\nfrom notify import *\n${text}`;
}

const program = (name: string, more = '') => `[program:${name}]
command=/usr/bin/python3 ${name}.py
directory=%(here)s
${more}
`;

const notifying = (name: string, more = '') => program(name, `ready=notify\n${more}`);

function scripts(texts: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [`${name}.py`, script(text)]));
}

async function written(daemon: Daemon, name: string): Promise<string> {
  await eventually(() => daemon.read(name) !== '', { what: `${name} to be written` });
  return daemon.read(name);
}

describe('clients of a daemon', () => {
  test('wait in start until the program is ready, and see what it says', async () => {
    const files = scripts({
      web: `wait_for('go')\nsend('READY=1\\nSTATUS=Serving\\x07 all')\nsend('RELOADING=1')\nstay()`,
    });
    const setup = {
      files,
      config: `${notifying('web', 'autostart=false')}[program:cat]\ncommand=/bin/cat\nstartsecs=0\n`,
    };
    await withDaemon(setup, async (daemon) => {
      const started = daemon.supervisorctl('start', 'web');
      await eventually(async () => (await daemon.states()).web === 'STARTING', { what: 'it to start' });
      await Bun.write(daemon.path('go'), 'x');
      expect((await started).stdout).toBe('web: started\n');
      const client = clientOf(daemon);
      await eventually(async () => (await client.process('web')).reloading, { what: 'its last message' });
      const url = `http://127.0.0.1:${daemon.port}/api/v1/supervisor.getProcessInfo?name=web`;
      const result = { statename: 'RUNNING', status_text: 'Serving  all', reloading: true };
      expect(await fetch(url).then((response) => response.json())).toMatchObject({ result });
      expect((await client.process('cat')).statusText).toBeNull();
      client.close();

      const control = (...words: string[]) => run([ours[0], ...words, '-c', daemon.configPath]);
      const { stdout } = await control('status', '-v');
      expect(stdout).toMatch(/^web +RUNNING .* uptime \S+ {2}\(reloading: Serving {2}all\)$/m);
      expect(stdout).toMatch(/^cat +RUNNING .* uptime \S+$/m);
      const [cat, web] = JSON.parse((await control('status', '--json')).stdout);
      expect(web).toMatchObject({ name: 'web', status_text: 'Serving  all', reloading: true });
      expect(cat).not.toHaveProperty('status_text');
      // Without -v, as before.
      expect((await control('status')).stdout).not.toContain('Serving');
      expect((await daemon.supervisorctl('status', 'web')).stdout).not.toContain('Serving');
    });
  });
});

describe('the environment', () => {
  test('has a socket for programs with ready=notify alone, and never that of the daemon', async () => {
    const note = (name: string) => `write('${name}.env', dict(os.environ))\nstay()`;
    const files = scripts({ plain: note('plain'), told: note('told') });
    const environment = { NOTIFY_SOCKET: '/run/systemd/notify', WATCHDOG_USEC: '1000', WATCHDOG_PID: '1' };
    const config = program('plain') + notifying('told', 'watchdog=3s');
    await withDaemon({ config, files, environment }, async (daemon) => {
      expect(await written(daemon, 'plain.env')).not.toMatch(/NOTIFY_SOCKET|WATCHDOG|MANAGERPID/);
      const told = await written(daemon, 'told.env');
      expect(told).toMatch(/'NOTIFY_SOCKET': '\/run\/tsupervisor-\w+\/[\w-]{22}'/);
      expect(told).toContain("'WATCHDOG_USEC': '3000000'");
      expect(told).not.toContain('WATCHDOG_PID');
    });
  });

  test('has a socket that is gone after the run, and whose directory is gone after the daemon', async () => {
    const files = scripts({ told: `write('address', address())\nsend('READY=1')\nstay()` });
    const daemon = await Daemon.start({ config: notifying('told'), files });
    const address = await written(daemon, 'address');
    await eventually(async () => (await daemon.states()).told === 'RUNNING', { what: 'it to be ready' });
    expect(existsSync(address)).toBe(true);
    // A cleaner of temporary files asks for the lock.
    const clean = await run([
      'flock',
      '--nonblock',
      '--conflict-exit-code',
      '9',
      join(address, '..'),
      'true',
    ]);
    expect(clean.status).toBe(9);
    await daemon.supervisorctl('stop', 'told');
    expect(existsSync(address)).toBe(false);
    await daemon.stop();
    expect(existsSync(join(address, '..'))).toBe(false);
  });

  test('has a socket whose directory is gone with the next daemon if its own was killed', async () => {
    const files = scripts({ told: `write('address', address())\nsend('READY=1')\nstay()` });
    const setup = { config: notifying('told'), files };
    const killed = await Daemon.start(setup);
    const address = await written(killed, 'address');
    const pid = (await clientOf(killed).process('told')).pid;
    process.kill(killed.pid, 'SIGKILL');
    await killed.subprocess.exited;
    process.kill(pid, 'SIGKILL');
    expect(existsSync(address)).toBe(true);
    await withDaemon(setup, async () => {
      await eventually(() => !existsSync(join(address, '..')), { what: 'its removal' });
    });
    rmSync(killed.directory, { recursive: true });
  });
});

test('the last message of a program counts, though it is only read when the program has ended', async () => {
  const files = scripts({ told: `wait_for('go')\nsend('READY=1\\nSTATUS=Done')` });
  const config = notifying(
    'told',
    'autorestart=false\nstartsecs=0\nstdout_logfile=NONE\nstderr_logfile=NONE',
  );
  await withDaemon({ config, files }, async (daemon) => {
    await eventually(async () => (await daemon.states()).told === 'STARTING', { what: 'it to start' });
    process.kill(daemon.pid, 'SIGSTOP');
    await Bun.write(daemon.path('go'), 'x');
    const [child] = childrenOf(daemon.pid);
    await eventually(() => childrenOf(daemon.pid).every(({ state }) => state === 'Z'), { what: 'its end' });
    expect(child?.name).toBe('python3');
    process.kill(daemon.pid, 'SIGCONT');
    await eventually(async () => (await daemon.states()).told === 'EXITED', { what: 'its exit to be told' });
    expect(daemon.log()).toContain('success: told entered RUNNING state, process is ready');
  });
});

describe('a message from outside', () => {
  test('does not count, whoever sends it', async () => {
    const files = scripts({ told: `write('address', address())\nstay()` });
    await withDaemon({ config: notifying('told'), files }, async (daemon) => {
      const NOTIFY_SOCKET = await written(daemon, 'address');
      for (let round = 0; round < 3; round += 1) {
        const child = Bun.spawn(['systemd-notify', '--ready', '--status=Foreign'], {
          env: { ...process.env, NOTIFY_SOCKET },
        });
        expect(await child.exited).toBe(0);
      }
      expect((await daemon.states()).told).toBe('STARTING');
      expect(daemon.log().split("ignored a message to 'told' from pid").length).toBe(2);
    });
  });

  test('does not count, though its sender has ended and a child of the program has got the pid', async () => {
    const container = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child', ...ours];
    const files = scripts({
      told: `
write('address', address())
wanted = int(wait_for('wanted'))
while True:
    with open('/proc/sys/kernel/ns_last_pid', 'w') as file: file.write(str(wanted - 1))
    pid = os.fork()
    if pid == 0: break
    if pid == wanted: os.waitpid(pid, 0)
    os.kill(pid, 9)
    os.waitpid(pid, 0)
if os.getpid() == wanted: write('taken', wanted)
stay()`,
      stranger: `
to = wait_for('address')
child = os.fork()
if child == 0:
    wait_for('send')
    send('READY=1\\nSTATUS=Foreign', to)
    os._exit(0)
write('stranger', child)
os.waitpid(child, 0)
write('wanted', child)
stay()`,
    });
    const config = notifying('told') + program('stranger');
    const setup = { executable: container, config, files, supervisord: 'loglevel=debug' };
    const daemon = await Daemon.start(setup);
    const manager = childrenOf(daemon.pid)[0]?.pid ?? 0;
    await written(daemon, 'stranger');
    // While it is stopped, it reads nothing.
    process.kill(manager, 'SIGSTOP');
    await Bun.write(daemon.path('send'), 'x');
    await written(daemon, 'taken');
    process.kill(manager, 'SIGCONT');
    await eventually(() => daemon.log().includes("dropped a message to 'told': its sender"), {
      what: 'the message to be dropped',
    });
    expect((await daemon.states()).told).toBe('STARTING');
    process.kill(manager, 'SIGTERM');
    await daemon.subprocess.exited;
  });
});

describe('the daemon adopts orphans', () => {
  const orphan = `
if fork_daemon():
    write('orphan', os.getpid())
    stay()
stay()`;

  test('only while a program with ready=notify is configured', async () => {
    const files = scripts({ stray: orphan, told: `send('READY=1')\nstay()` });
    const config = program('stray', 'autostart=false\nstopasgroup=true\nkillasgroup=true');
    await withDaemon({ config, files }, async (daemon) => {
      const base = await Bun.file(daemon.configPath).text();
      const pids: number[] = [];
      const isAdopted = async (): Promise<boolean> => {
        await daemon.supervisorctl('start', 'stray');
        const pid = Number(await written(daemon, 'orphan'));
        const parent = processStat(pid)?.parent;
        pids.push(pid);
        await daemon.supervisorctl('stop', 'stray');
        await Bun.file(daemon.path('orphan')).delete();
        return parent === daemon.pid;
      };
      expect(await isAdopted()).toBe(false);
      await Bun.write(daemon.configPath, base + notifying('told'));
      await daemon.supervisorctl('update');
      expect(await isAdopted()).toBe(true);
      await Bun.write(daemon.configPath, base);
      await daemon.supervisorctl('update');
      expect(await isAdopted()).toBe(false);
      for (const pid of pids) process.kill(pid, 'SIGKILL');
    });
  });

  test('and tells of their ends at debug alone, so that a program cannot fill the log', async () => {
    const files = scripts({ stray: orphan, told: `send('READY=1')\nstay()` });
    const setup = { config: program('stray') + notifying('told'), files, supervisord: 'loglevel=debug' };
    await withDaemon(setup, async (daemon) => {
      const pid = Number(await written(daemon, 'orphan'));
      await eventually(() => processStat(pid)?.parent === daemon.pid, { what: 'its adoption' });
      process.kill(pid, 'SIGKILL');
      const line = `reaped unknown pid ${pid} (terminated by SIGKILL)`;
      await eventually(() => daemon.log().includes(line), { what: line });
      expect(daemon.log()).toContain(`DEBG ${line}`);
    });
  });
});
