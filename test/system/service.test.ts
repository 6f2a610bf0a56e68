// A machine's whole life with us, by Debian's own tools: apt installs, systemd starts, reloads, restarts, stops.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../support/eventually.ts';
import { Machine } from './machine.ts';
import { buildRepository, laterDeb, repository, root } from './repository.ts';

let machine: Machine;

beforeAll(async () => {
  await buildRepository();
  machine = await Machine.boot();
  cpSync(join(repository, 'apt'), machine.path('srv/apt'), { recursive: true });
  machine.write('etc/apt/sources.list', 'deb [trusted=yes] file:/srv/apt ./\n');
  await machine.ok('apt-get', 'update');
}, 300_000);
afterAll(() => machine.destroy());

/** A steady program can run once at a time; a second one would end with this status. */
const twice = 99;

/** Beginning, and every program that the tests look at; each is found by its own number of seconds. */
const config = `[unix_http_server]
file=/run/tsupervisor/supervisor.sock
[supervisord]
user=root
logfile=/var/log/tsupervisor/supervisord.log
pidfile=/run/tsupervisor/supervisord.pid
childlogdir=/var/log/tsupervisor
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix:///run/tsupervisor/supervisor.sock
[program:steady]
command=/usr/bin/flock -nF -E ${twice} /run/steady.lock /bin/sleep 1000001
startsecs=0
stopwaitsecs=2
[program:changing]
command=/bin/sleep 1000002
startsecs=0
stopwaitsecs=2
[program:stubborn]
command=/bin/sh -c "trap '' TERM; sleep 1000003 & while :; do wait; done"
startsecs=0
stopwaitsecs=2
[program:forking]
command=/bin/sh -c "setsid sleep 1000004 & exec sleep 1000005"
startsecs=0
stopwaitsecs=2
`;
const seconds = ['1000001', '1000002', '1000003', '1000004', '1000005'];

async function pidOf(program: string): Promise<string> {
  return (await machine.ok('supervisorctl', 'pid', program)).trim();
}

/** How many processes each number of seconds has. */
async function counts(): Promise<Record<string, number>> {
  const entries = await Promise.all(
    seconds.map(async (number) => [number, (await machine.pidsOf(`sleep ${number}$`)).length] as const),
  );
  return Object.fromEntries(entries);
}

const each = Object.fromEntries(seconds.map((number) => [number, 1]));
const none = Object.fromEntries(seconds.map((number) => [number, 0]));

const mainPid = () => machine.property('tsupervisor', 'MainPID');

/** A daemon other than `before`, that is ready, with each program once, and at no moment twice. */
async function restarted(before: string): Promise<void> {
  const isAnother = async () => {
    const [pid, state] = [await mainPid(), await machine.property('tsupervisor', 'ActiveState')];
    return pid !== '0' && pid !== before && state === 'active';
  };
  await eventually(isAnother, { what: 'systemd to start it again', timeoutMs: 60_000 });
  await eventually(async () => Bun.deepEquals(await counts(), each), { what: 'one process of each kind' });
  expect(machine.read('var/log/tsupervisor/supervisord.log')).not.toContain(`exit status ${twice}`);
}

describe('a machine with the package', () => {
  test('has it installed by apt, neither started nor enabled, beside the old supervisor', async () => {
    await machine.ok('apt-get', 'install', '-y', 'tsupervisor');
    expect((await machine.run('systemctl', 'is-active', 'tsupervisor')).stdout).toBe('inactive\n');
    expect((await machine.run('systemctl', 'is-enabled', 'tsupervisor')).stdout).toBe('disabled\n');
    expect(await machine.ok('dpkg', '-s', 'supervisor')).toContain('Status: install ok installed\n');
    // The old supervisor's configuration is there: no other one is put before it.
    expect(machine.exists('etc/supervisord.conf')).toBe(false);
  });

  test('has a unit that systemd finds nothing wrong with', async () => {
    const unit = '/usr/lib/systemd/system/tsupervisor.service';
    const verified = await machine.run('systemd-analyze', '--man=no', 'verify', unit);
    expect(verified).toMatchObject({ status: 0, stdout: '' });
    // Which systemd has since 254.
    const complaints = verified.stderr
      .split('\n')
      .filter((line) => !/Unknown key (?:name )?'Restart(?:Steps|MaxDelaySec)'/.test(line));
    expect(complaints).toEqual(['']);
  });

  test("runs the old supervisor's configuration when there is no other", async () => {
    await machine.ok('systemctl', 'start', 'tsupervisor');
    const old = ['supervisorctl', '-c', '/etc/supervisor/supervisord.conf'];
    expect((await machine.ok(...old, 'pid')).trim()).toBe(await mainPid());
    await machine.ok('systemctl', 'stop', 'tsupervisor');
  });

  test('is up as the first page of the manual says', async () => {
    await machine.ok('sh', '-c', 'tsupervisor echo-conf > /etc/supervisord.conf');
    await machine.ok('systemctl', 'enable', '--now', 'tsupervisor');
    expect((await machine.run('systemctl', 'is-enabled', 'tsupervisor')).stdout).toBe('enabled\n');
    expect(await machine.run('supervisorctl', 'status')).toMatchObject({ status: 0, stdout: '' });
    expect(await machine.ok('tsupervisor', 'doctor', '--lang', 'en')).toEndWith('\nno problems found\n');
  });

  test('waits for a start until the daemon is ready, and shows its status line', async () => {
    machine.write('etc/supervisord.conf', config);
    await machine.ok('systemctl', 'restart', 'tsupervisor');
    expect(await machine.ok('supervisorctl', 'status', 'steady')).toMatch(/^steady +RUNNING/);
    await eventually(async () => (await machine.property('tsupervisor', 'StatusText')) === '4 running', {
      what: 'the status line',
    });
    expect(await machine.ok('systemctl', 'status', 'tsupervisor')).toContain('Status: "4 running"');
    await eventually(async () => Bun.deepEquals(await counts(), each), { what: 'one process of each kind' });
  });

  test('has the log of the daemon in its journal too', async () => {
    const entriesOf = async (priority: string) =>
      machine.ok('journalctl', '-u', 'tsupervisor', '-o', 'cat', '-p', priority);
    expect(await entriesOf('info..info')).toMatch(/^INFO spawned: 'steady' with pid/m);
    expect(await entriesOf('crit..crit')).toMatch(/^CRIT Server 'unix_http_server' running without any/m);
    expect(await entriesOf('crit..crit')).not.toContain('INFO');
  });
});

/** Other settings for the service than the package's; none with an empty text. */
async function dropIn(settings: string): Promise<void> {
  machine.write('etc/systemd/system/tsupervisor.service.d/test.conf', `[Service]\n${settings}\n`);
  await machine.ok('systemctl', 'daemon-reload');
}

describe('systemctl reload', () => {
  test('restarts what changed, and only that', async () => {
    const [before, steady, changing] = [await mainPid(), await pidOf('steady'), await pidOf('changing')];
    machine.write(
      'etc/supervisord.conf',
      config.replace('[program:changing]', '[program:changing]\npriority=500'),
    );
    await machine.ok('systemctl', 'reload', 'tsupervisor');
    expect(await mainPid()).toBe(before);
    expect(await pidOf('steady')).toBe(steady);
    expect(await pidOf('changing')).not.toBe(changing);
  });

  test('takes the time that the programs may take to stop, whatever the limit of the unit', async () => {
    await dropIn('TimeoutStartSec=1');
    const stubborn = await pidOf('stubborn');
    machine.write(
      'etc/supervisord.conf',
      config.replace('[program:stubborn]', '[program:stubborn]\npriority=5'),
    );
    await machine.ok('systemctl', 'reload', 'tsupervisor');
    expect(await pidOf('stubborn')).not.toBe(stubborn);
    await dropIn('');
  });

  test('fails with a broken configuration, and everything runs on', async () => {
    const steady = await pidOf('steady');
    machine.write('etc/supervisord.conf', `${config}autostart=perhaps\n`);
    expect((await machine.run('systemctl', 'reload', 'tsupervisor')).status).not.toBe(0);
    expect(await machine.property('tsupervisor', 'ActiveState')).toBe('active');
    // As the man page has it; systemd calls it INVALIDARGUMENT.
    expect(await machine.property('tsupervisor', 'ExecReload')).toContain('status=2 }');
    expect(await pidOf('steady')).toBe(steady);
    machine.write('etc/supervisord.conf', config);
    await machine.ok('systemctl', 'reload', 'tsupervisor');
  });

  test('needs no password in [supervisorctl], even where that of the server is a hash', async () => {
    const hash = '{SHA}e5e9fa1ba31ecd1ae84f75caaa474f3a663f05f4';
    const locked = config.replace('[supervisord]', `username=joe\npassword=${hash}\n[supervisord]`);
    machine.write('etc/supervisord.conf', locked);
    await machine.ok('systemctl', 'restart', 'tsupervisor');
    machine.write(
      'etc/supervisord.conf',
      `${locked}[program:added]\ncommand=/bin/sleep 1000006\nstartsecs=0\n`,
    );
    await machine.ok('systemctl', 'reload', 'tsupervisor');
    expect(await machine.pidsOf('sleep 1000006$')).toHaveLength(1);
    machine.write('etc/supervisord.conf', config);
    await machine.ok('systemctl', 'restart', 'tsupervisor');
  });
});

describe('a service that cannot start', () => {
  test('has the reason in its status, is not tried again, and the doctor tells what to do', async () => {
    await machine.ok('systemctl', 'stop', 'tsupervisor');
    machine.write('etc/supervisord.conf', '[supervisord]\nloglevel=loud\n');
    expect((await machine.run('systemctl', 'start', 'tsupervisor')).status).not.toBe(0);
    await eventually(async () => (await machine.property('tsupervisor', 'ActiveState')) === 'failed', {
      what: 'systemd to give up',
      timeoutMs: 30_000,
    });
    expect(await machine.property('tsupervisor', 'NRestarts')).toBe('0');
    const reason = "bad logging level name 'loud'";
    expect(await machine.property('tsupervisor', 'StatusText')).toBe(reason);
    const { stdout } = await machine.run('tsupervisor', 'doctor', '--lang', 'en');
    expect(stdout).toContain(`tsupervisor has failed\n   why: Result=exit-code; it said: ${reason}\n`);
    machine.write('etc/supervisord.conf', config);
    await machine.ok('systemctl', 'reset-failed', 'tsupervisor');
    await machine.ok('systemctl', 'start', 'tsupervisor');
  }, 60_000);
});

describe('a daemon that is killed', () => {
  test('is started again, and every program runs once', async () => {
    const before = await mainPid();
    await machine.ok('kill', '-KILL', before);
    await restarted(before);
  }, 60_000);
});

describe('a daemon that is killed again and again', () => {
  test('is started each time', async () => {
    // Far fewer than systemd usually allows in ten seconds.
    await dropIn('[Unit]\nStartLimitBurst=2');
    for (let crash = 0; crash < 4; crash += 1) {
      const before = await mainPid();
      await machine.ok('kill', '-KILL', before);
      await restarted(before);
    }
    await dropIn('');
  }, 120_000);
});

describe('the service of the original', () => {
  test('that is installed and started beside ours stops nothing of it', async () => {
    const [before, steady] = [await mainPid(), await pidOf('steady')];
    await machine.ok('systemctl', 'start', 'supervisor');
    expect([await mainPid(), await pidOf('steady')]).toEqual([before, steady]);
    await machine.ok('systemctl', 'stop', 'supervisor');
  });
});

describe('a pause of the whole machine', () => {
  const saving = `${config}[program:saving]
command=/bin/sh -c "trap 'echo saved; exit' TERM; echo started; while :; do sleep 0.1; done"
stdout_logfile=/srv/saving
startsecs=0
`;
  const started = () => machine.read('srv/saving').match(/started/g)?.length ?? 0;

  test('of 40 seconds costs nothing', async () => {
    machine.write('etc/supervisord.conf', saving);
    await machine.ok('systemctl', 'restart', 'tsupervisor');
    await eventually(() => started() === 1, { what: 'the program' });
    const [before, steady] = [await mainPid(), await pidOf('steady')];
    await machine.pause(40_000);
    // Answered by systemd after it has seen what happened to its timers meanwhile.
    await machine.ok('systemctl', 'reload', 'tsupervisor');
    expect([await mainPid(), await pidOf('steady')]).toEqual([before, steady]);
    expect(await machine.ok('journalctl', '-u', 'tsupervisor')).not.toContain('Watchdog timeout');
  }, 120_000);

  test('of more than the watchdog waits restarts the daemon at most, which stops its programs as they want it', async () => {
    await dropIn('WatchdogSec=3');
    await machine.ok('systemctl', 'restart', 'tsupervisor');
    await eventually(() => started() === 2, { what: 'the program' });
    for (const _ of [1, 2, 3]) {
      await machine.pause(4000);
      await eventually(async () => (await machine.run('supervisorctl', 'pid')).status === 0, {
        what: 'the daemon, the same or another one',
      });
    }
    await machine.ok('systemctl', 'restart', 'tsupervisor');
    await eventually(() => machine.read('srv/saving').endsWith('started\n'), { what: 'the program' });
    expect(machine.read('srv/saving')).toMatch(/^(?:started\nsaved\n)+started\n$/);
    machine.write('etc/supervisord.conf', config);
    await dropIn('');
    await machine.ok('systemctl', 'restart', 'tsupervisor');
  }, 120_000);
});

const script = '/srv/stop-thread.py';

describe('a daemon whose worker dies', () => {
  test('stops its programs and is started again', async () => {
    cpSync(join(root, 'test/support/stop-thread.py'), machine.path(script));
    const before = await mainPid();
    await machine.ok('python3', script, before, 'Worker', 'EBADF');
    await restarted(before);
    const journal = await machine.ok('journalctl', '-u', 'tsupervisor');
    expect(journal).toContain(
      'the worker that carries output has ended (epoll_wait: EBADF): stopping all programs',
    );
    expect(journal).toContain('tsupervisor.service: Main process exited, code=exited, status=1/FAILURE');
  }, 60_000);
});

describe('a daemon that hangs', () => {
  beforeAll(async () => {
    cpSync(join(root, 'test/support/stop-thread.py'), machine.path(script));
    await machine.ok('mkfifo', '/srv/never');
    await dropIn('WatchdogSec=3\nTimeoutAbortSec=2');
    await machine.ok('systemctl', 'restart', 'tsupervisor');
  });
  afterAll(() => dropIn(''));

  test.each([
    ['as a whole', (pid: string) => `kill -STOP ${pid}`],
    ['in its main thread', (pid: string) => `python3 ${script} ${pid} main <>/srv/never`],
    ['in the worker that carries output', (pid: string) => `python3 ${script} ${pid} Worker <>/srv/never`],
  ])(
    '%s is ended by the watchdog and started again',
    async (_where, hang) => {
      const before = await mainPid();
      await machine.ok('sh', '-c', hang(before));
      await restarted(before);
      await eventually(async () => Bun.deepEquals(await counts(), each), {
        what: 'one process of each kind',
      });
    },
    120_000,
  );

  test('is told of in the journal', async () => {
    const journal = await machine.ok('journalctl', '-u', 'tsupervisor');
    expect(journal).toContain("Failed with result 'watchdog'");
    expect(journal).toContain(
      "systemd's watchdog is not fed: the worker that carries output does not answer",
    );
  });
});

describe('directories that are gone after a boot, or are not those of the user that the daemon becomes', () => {
  const ofTutorials = (user: string) =>
    config
      .replaceAll('/run/tsupervisor/', '/var/run/supervisor/')
      .replaceAll('/var/log/tsupervisor', '/var/log/supervisor')
      .replace('user=root', `user=${user}`);
  const owners = (...paths: string[]) => machine.ok('stat', '-c', '%U %a', ...paths);
  const answers = async () => (await machine.run('supervisorctl', 'pid')).stdout.trim();

  test.each(['root', 'daemon'])(
    'are made when the service starts as %s, where tutorials and EPEL have them',
    async (user) => {
      await machine.ok('systemctl', 'stop', 'tsupervisor');
      await machine.ok('rm', '-rf', '/run/supervisor', '/var/log/supervisor');
      machine.write('etc/supervisord.conf', ofTutorials(user));
      await machine.ok('systemctl', 'start', 'tsupervisor');
      expect(await answers()).toBe(await mainPid());
      expect(await owners('/run/supervisor', '/var/log/supervisor')).toBe(`${user} 755\n${user} 755\n`);
    },
    60_000,
  );

  test('of the package are given to the user of the daemon', async () => {
    await machine.ok('systemctl', 'stop', 'tsupervisor');
    expect(await owners('/run/tsupervisor', '/var/log/tsupervisor/supervisord.log')).toBe(
      'root 755\nroot 644\n',
    );
    machine.write('etc/supervisord.conf', config.replace('user=root', 'user=daemon'));
    await machine.ok('systemctl', 'start', 'tsupervisor');
    expect(await answers()).toBe(await mainPid());
    await machine.ok('systemctl', 'restart', 'tsupervisor');
    expect(await answers()).toBe(await mainPid());
    machine.write('etc/supervisord.conf', config);
    await machine.ok('systemctl', 'restart', 'tsupervisor');
  }, 60_000);
});

describe('a new version of the package', () => {
  test('does not disturb what runs; the next start is the new one', async () => {
    const [before, steady] = [await mainPid(), await pidOf('steady')];
    await laterDeb('99.0', machine.path('srv/later.deb'));
    await machine.ok('apt-get', 'install', '-y', '/srv/later.deb');
    expect(await mainPid()).toBe(before);
    expect(await pidOf('steady')).toBe(steady);
    expect(machine.read('etc/supervisord.conf')).toBe(config);
    await machine.ok('systemctl', 'restart', 'tsupervisor');
    expect(await machine.ok('supervisorctl', 'status', 'steady')).toMatch(/^steady +RUNNING/);
  }, 60_000);
});

describe('systemctl stop', () => {
  test('leaves nothing behind, neither what ignores SIGTERM, for which it waits, nor what daemonised itself', async () => {
    await eventually(async () => Bun.deepEquals(await counts(), each), { what: 'one process of each kind' });
    await dropIn('TimeoutStopSec=1');
    await machine.ok('systemctl', 'stop', 'tsupervisor');
    expect(await counts()).toEqual(none);
    expect(await machine.property('tsupervisor', 'Result')).toBe('success');
    expect(machine.read('var/log/tsupervisor/supervisord.log')).toContain("WARN killing 'stubborn'");
  }, 60_000);
});

describe('the package, taken away', () => {
  test('leaves the configuration when it is removed, stopping the service', async () => {
    await machine.ok('systemctl', 'start', 'tsupervisor');
    await machine.ok('apt-get', 'remove', '-y', 'tsupervisor');
    expect(await counts()).toEqual(none);
    expect(machine.read('etc/supervisord.conf')).toBe(config);
    expect(machine.exists('usr/bin/tsupervisor')).toBe(false);
  }, 60_000);

  test("leaves the user's files when it is purged", async () => {
    machine.write('etc/supervisord.d/mine.conf', '[program:mine]\n');
    machine.write('var/log/tsupervisor/mine.log', 'mine\n');
    await machine.ok('apt-get', 'purge', '-y', 'tsupervisor');
    expect(machine.read('etc/supervisord.conf')).toBe(config);
    expect(machine.read('etc/supervisord.d/mine.conf')).toBe('[program:mine]\n');
    expect(machine.read('var/log/tsupervisor/mine.log')).toBe('mine\n');
    expect(machine.exists('var/log/tsupervisor/supervisord.log')).toBe(false);
    expect(machine.exists('etc/supervisor/supervisord.conf')).toBe(true);
    expect((await machine.run('systemctl', 'is-enabled', 'tsupervisor')).status).not.toBe(0);
  });
});

describe("the package with the old supervisor's commands", () => {
  test('takes its place, with its configuration and its programs', async () => {
    await machine.ok('rm', '-rf', '/etc/supervisord.conf', '/etc/supervisord.d', '/var/log/tsupervisor');
    machine.write('etc/supervisor/conf.d/old.conf', '[program:old]\ncommand=/bin/sleep 1000006\n');
    await machine.ok('systemctl', 'enable', '--now', 'supervisor');
    const said = await machine.ok('apt-get', 'install', '-y', 'tsupervisor-compat');
    expect(said).toContain(
      'supervisor.service has been stopped with its programs; enabling and starting tsup',
    );
    expect(await machine.ok('supervisord', '--version')).toBe('4.2.5\n');
    expect((await machine.run('dpkg', '-s', 'supervisor')).stdout).toContain('Status: deinstall ok');
    expect((await machine.run('systemctl', 'is-enabled', 'tsupervisor')).stdout).toBe('enabled\n');
    expect(await machine.pidsOf('sleep 1000006$')).toHaveLength(1);
    const old = ['supervisorctl', '-c', '/etc/supervisor/supervisord.conf'];
    expect((await machine.ok(...old, 'pid')).trim()).toBe(await mainPid());
  }, 60_000);

  test('keeps the configuration when the old package is purged', async () => {
    await machine.ok('apt-get', 'purge', '-y', 'supervisor');
    expect(machine.read('etc/supervisor/supervisord.conf')).toContain('[unix_http_server]');
    await machine.ok('systemctl', 'restart', 'tsupervisor');
    expect(await machine.pidsOf('sleep 1000006$')).toHaveLength(1);
  });

  test('gives the name of the configuration back when it is taken away', async () => {
    await machine.ok('apt-get', 'purge', '-y', 'tsupervisor-compat', 'tsupervisor');
    expect(await machine.ok('dpkg-divert', '--list', '*supervisord.conf')).toBe('');
    expect(machine.exists('etc/supervisor/supervisord.conf')).toBe(true);
  });
});

describe('a machine without the old supervisor', () => {
  test('gets a configuration that works at once, and loses it again when nobody changed it', async () => {
    await machine.ok('rm', '-rf', '/etc/supervisor');
    await machine.ok('apt-get', 'install', '-y', 'tsupervisor-compat');
    await machine.ok('systemctl', 'start', 'tsupervisor');
    expect((await machine.ok('supervisorctl', 'pid')).trim()).toBe(await mainPid());
    await machine.ok('apt-get', 'purge', '-y', 'tsupervisor-compat', 'tsupervisor');
    for (const path of [
      'etc/supervisord.conf',
      'etc/supervisord.d',
      'var/lib/tsupervisor',
      'var/log/tsupervisor',
      'usr/bin/supervisord',
    ])
      expect([path, machine.exists(path)]).toEqual([path, false]);
  }, 60_000);
});
