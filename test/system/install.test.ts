// tsupervisor install and uninstall on a machine with systemd, with and without the original.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { copyFileSync } from 'node:fs';
import { ours } from '../support/daemon.ts';
import { Machine } from './machine.ts';

let machine: Machine;

beforeAll(async () => {
  machine = await Machine.boot();
  copyFileSync(ours[0], machine.path('usr/local/bin/tsupervisor'));
}, 300_000);
afterAll(() => machine.destroy());

const unit = 'etc/systemd/system/tsupervisor.service';
const install = (...options: string[]) => machine.run('tsupervisor', 'install', ...options);
const uninstall = (...options: string[]) => machine.run('tsupervisor', 'uninstall', ...options);
const isActive = async (name: string) => (await machine.run('systemctl', 'is-active', name)).stdout.trim();
/** Nothing when there is no such service. */
const isEnabled = async (name: string) => (await machine.run('systemctl', 'is-enabled', name)).stdout.trim();

describe('on a machine of its own', () => {
  beforeEach(async () => {
    await uninstall('--now');
    await machine.ok('sh', '-c', 'tsupervisor echo-conf --minimal > /etc/supervisord.conf');
  });

  test('a dry run tells the steps and takes none', async () => {
    const { status, stdout } = await install('--dry-run', '--enable', '--now');
    expect(stdout).toBe(
      `would be writing /${unit}\nwould be enabling tsupervisor.service at boot\nwould be starting tsupervisor.service\n`,
    );
    expect(status).toBe(0);
    expect(machine.exists(unit)).toBe(false);
  });

  test('install writes the unit, enables and starts it; once more changes nothing', async () => {
    const first = await install('--enable', '--now');
    expect(first).toMatchObject({ status: 0, stderr: '' });
    expect(machine.read(unit)).toContain('ExecStart=/usr/local/bin/tsupervisor run\n');
    expect([await isActive('tsupervisor'), await isEnabled('tsupervisor')]).toEqual(['active', 'enabled']);
    const pid = await machine.property('tsupervisor', 'MainPID');
    const second = await install('--enable', '--now');
    expect(second.stdout).toBe(
      `writing /${unit} … unchanged\nenabling tsupervisor.service at boot … already enabled\nstarting tsupervisor.service … already running\n`,
    );
    expect(await machine.property('tsupervisor', 'MainPID')).toBe(pid);
  });

  test('uninstall takes it away, the configuration stays; once more changes nothing', async () => {
    await install('--enable', '--now');
    expect((await uninstall()).stdout).toEndWith(
      'It is still running. To stop it: systemctl stop tsupervisor\n',
    );
    expect(await uninstall('--now')).toMatchObject({ status: 0, stderr: '' });
    expect(machine.exists(unit)).toBe(false);
    expect(await isActive('tsupervisor')).toBe('inactive');
    expect(machine.exists('etc/supervisord.conf')).toBe(true);
    expect((await uninstall('--now')).status).toBe(0);
  });

  test('a service that does not start leaves nothing behind, and the reason is told', async () => {
    machine.write('etc/supervisord.conf', '[supervisord]\nloglevel=loud\n');
    const { status, stdout, stderr } = await install('--enable', '--now');
    expect(status).toBe(1);
    expect(stdout).toContain(
      'starting tsupervisor.service … failed\nback: starting tsupervisor.service … done\n',
    );
    expect(stderr).toMatch(/^tsupervisor install: tsupervisor.service did not start \(failed\).*loud.*\n$/);
    expect(machine.exists(unit)).toBe(false);
    expect([await isActive('tsupervisor'), await isEnabled('tsupervisor')]).toEqual(['inactive', '']);
  });

  test('a unit that was there before comes back when the new one does not start', async () => {
    await install('--watchdog', '77');
    const { status } = await install('--config', '/etc/hostname', '--now');
    expect(status).toBe(1);
    expect(machine.read(unit)).toContain('WatchdogSec=77\n');
  });

  test('another name and configuration are another service', async () => {
    await machine.ok(
      'sh',
      '-c',
      'sed "s,/run/,/run/web-,; s,/log/,/log/web-," /etc/supervisord.conf > /etc/web.conf',
    );
    await install('--now');
    expect(await install('--name', 'web', '--config', '/etc/web.conf', '--now')).toMatchObject({
      stderr: '',
      status: 0,
    });
    expect(machine.read('etc/systemd/system/web.service')).toContain('tsupervisor run -c /etc/web.conf\n');
    expect([await isActive('web'), await isActive('tsupervisor')]).toEqual(['active', 'active']);
    await uninstall('--name', 'web', '--now');
  });

  test('a configuration that is not there is told before anything is done', async () => {
    await machine.ok('rm', '/etc/supervisord.conf');
    await machine.ok('mv', '/etc/supervisor/supervisord.conf', '/root/');
    const { stderr, status } = await install('--now');
    await machine.ok('mv', '/root/supervisord.conf', '/etc/supervisor/');
    expect(stderr).toBe(
      'tsupervisor install: /etc/supervisord.conf does not exist;' +
        ' `tsupervisor echo-conf > /etc/supervisord.conf` creates one\n',
    );
    expect(status).toBe(1);
    expect(machine.exists(unit)).toBe(false);
  });
});

describe('on a machine where the original runs', () => {
  beforeEach(async () => {
    await uninstall('--now');
    await machine.ok('systemctl', 'enable', '--now', 'supervisor');
    await machine.ok('rm', '-f', '/etc/supervisord.conf');
  });

  test('install refuses to start beside it, and says how to take over', async () => {
    const { status, stderr } = await install('--now');
    expect(stderr).toBe(
      'tsupervisor install: supervisor.service is running or enabled; to replace it, add --replace\n',
    );
    expect(status).toBe(1);
    expect(await isActive('supervisor')).toBe('active');
  });

  test('a service with a configuration of its own runs beside it', async () => {
    await machine.ok('sh', '-c', 'tsupervisor echo-conf --minimal > /etc/web.conf');
    expect((await install('--name', 'web', '--config', '/etc/web.conf', '--now')).status).toBe(0);
    expect([await isActive('supervisor'), await isActive('web')]).toEqual(['active', 'active']);
    await uninstall('--name', 'web', '--now');
  });

  test('--replace takes over with the same configuration, and tells the way back, which works', async () => {
    const { status, stdout } = await install('--replace', '--enable', '--now');
    expect(status).toBe(0);
    expect([await isActive('supervisor'), await isActive('tsupervisor')]).toEqual(['inactive', 'active']);
    expect([await isEnabled('supervisor'), await isEnabled('tsupervisor')]).toEqual(['disabled', 'enabled']);
    // What the target still wants decides what the next start of the target brings back.
    await machine.ok('systemctl', 'start', 'multi-user.target');
    expect([await isActive('supervisor'), await isActive('tsupervisor')]).toEqual(['inactive', 'active']);
    const ctl = ['supervisorctl', '-c', '/etc/supervisor/supervisord.conf'];
    expect((await machine.ok(...ctl, 'pid')).trim()).toBe(await machine.property('tsupervisor', 'MainPID'));
    const wayBack = /^To go back: (.*)$/m.exec(stdout)?.[1] ?? 'false';
    await machine.ok('sh', '-c', wayBack);
    expect([await isActive('supervisor'), await isActive('tsupervisor')]).toEqual(['active', 'inactive']);
    expect([await isEnabled('supervisor'), await isEnabled('tsupervisor')]).toEqual(['enabled', '']);
  });

  test('--replace finds the configuration as the original does, and tells which settings stay behind', async () => {
    await machine.ok('systemctl', 'disable', '--now', 'supervisor');
    await machine.ok('sh', '-c', 'tsupervisor echo-conf --minimal > /usr/local/etc/supervisord.conf');
    await machine.ok('ln', '-s', '/usr/bin/supervisord', '/usr/local/bin/supervisord');
    const theirs = '[Service]\nExecStart=/usr/local/bin/supervisord -n\nEnvironment=STAGE=live\n';
    machine.write('etc/systemd/system/supervisord.service', theirs);
    await machine.ok('systemctl', 'daemon-reload');
    await machine.ok('systemctl', 'start', 'supervisord');
    const { status, stdout } = await install('--replace', '--now');
    expect(status).toBe(0);
    expect(stdout).toContain(
      'supervisord.service also sets Environment=STAGE=live. To keep that: systemctl edit tsupervisor\n',
    );
    expect(machine.read(unit)).toContain('tsupervisor run -c /usr/local/etc/supervisord.conf\n');
    expect([await isActive('supervisord'), await isActive('tsupervisor')]).toEqual(['inactive', 'active']);
    await uninstall('--now');
    await machine.ok('rm', '/etc/systemd/system/supervisord.service', '/usr/local/bin/supervisord');
    await machine.ok('systemctl', 'daemon-reload');
  });

  test('a take-over that fails gives it back, running and enabled', async () => {
    machine.write('etc/broken.conf', '[supervisord]\nloglevel=loud\n');
    expect((await install('--replace', '--enable', '--now', '--config', '/etc/broken.conf')).status).toBe(1);
    expect([await isActive('supervisor'), await isEnabled('supervisor')]).toEqual(['active', 'enabled']);
    expect(machine.exists(unit)).toBe(false);
  });
});

describe('for a user', () => {
  const home = '/home/joe';
  const asJoe = (...command: string[]) => {
    const become = ['setpriv', '--reuid=joe', '--regid=joe', '--init-groups'];
    return machine.run(...become, 'env', `HOME=${home}`, 'XDG_RUNTIME_DIR=/run/user/7000', ...command);
  };

  test('install makes it a service of their own, and uninstall takes it away', async () => {
    await machine.ok('useradd', '--create-home', '--uid=7000', 'joe');
    await machine.ok('systemctl', 'start', 'user@7000.service');
    await asJoe('mkdir', `${home}/.config`);
    await asJoe('sh', '-c', 'tsupervisor echo-conf --minimal >~/.config/supervisord.conf');
    const installed = await asJoe('tsupervisor', 'install', '--user', '--enable', '--now');
    expect(installed).toMatchObject({ status: 0, stderr: '' });
    expect(installed.stdout).toContain('loginctl enable-linger');
    await machine.ok('loginctl', 'enable-linger', 'joe');
    const lingering = await asJoe('tsupervisor', 'install', '--user', '--enable', '--now');
    expect(lingering).toMatchObject({ status: 0, stdout: expect.not.stringContaining('enable-linger') });
    const state = async () => (await asJoe('systemctl', '--user', 'is-active', 'tsupervisor')).stdout;
    expect(await state()).toBe('active\n');
    expect((await machine.ok('ps', '-o', 'user=', '-C', 'tsupervisor')).trim()).toBe('joe');
    expect((await asJoe('tsupervisor', 'uninstall', '--user', '--now')).status).toBe(0);
    expect(await state()).toBe('inactive\n');
    expect(machine.exists(`${home}/.config/systemd/user/tsupervisor.service`)).toBe(false);
  });
});

describe('where it cannot be done', () => {
  test('without root, one line says so', async () => {
    const { status, stderr } = await machine.run('setpriv', '--reuid=65534', 'tsupervisor', 'install');
    expect(stderr).toBe(
      'tsupervisor install: only root can change system services (--user for a user service)\n',
    );
    expect(status).toBe(1);
  });

  test('without a session, one line says so', async () => {
    const { stderr } = await install('--user');
    expect(stderr).toMatch(/^tsupervisor install: there is no session of yours: .*\n$/);
  });

  test('without a bus, one line says so', async () => {
    await machine.ok('systemctl', 'stop', 'dbus.socket', 'dbus.service');
    const { stderr, status } = await machine.run(
      'env',
      'DBUS_SYSTEM_BUS_ADDRESS=unix:path=/nowhere',
      'tsupervisor',
      'install',
    );
    await machine.ok('systemctl', 'start', 'dbus.socket');
    expect(stderr).toMatch(/^tsupervisor install: cannot reach the system bus: .*\n$/);
    expect(status).toBe(1);
  });
});
