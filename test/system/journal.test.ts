// What a booted systemd does for us beyond starting us: its journal, its /dev/log, its sockets.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { copyFileSync } from 'node:fs';
import { ours } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';
import { Machine } from './machine.ts';

const config = `[unix_http_server]
file=/run/tsupervisor/supervisor.sock
chmod=0770
[supervisord]
user=root
logfile=journal
pidfile=/run/tsupervisor/supervisord.pid
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix:///run/tsupervisor/supervisor.sock
[program:twins]
command=/bin/sh -c "echo of %(process_num)d; echo '<3>trouble' >&2; printf unfinished; exec sleep 1000001"
process_name=%(program_name)s_%(process_num)d
numprocs=2
startsecs=0
stdout_logfile=journal
stderr_logfile=journal
[program:burst]
command=/usr/bin/seq 20000
autostart=false
autorestart=false
startsecs=0
stdout_logfile=journal
stdout_logfile_format=logfmt
[program:old]
command=/bin/sh -c "echo by syslog; exec sleep 1000002"
startsecs=0
stdout_logfile=NONE
stdout_syslog=true
`;

let machine: Machine;

beforeAll(async () => {
  machine = await Machine.boot();
  copyFileSync(ours[0], machine.path('usr/bin/tsupervisor'));
  machine.write('etc/supervisord.conf', config);
  machine.write('etc/systemd/journald.conf.d/test.conf', '[Journal]\nRateLimitIntervalSec=0\n');
  machine.write('etc/systemd/system/tsupervisor.service', await machine.ok('tsupervisor', 'unit'));
  await machine.ok('systemctl', 'daemon-reload');
  await machine.ok('systemctl', 'restart', 'systemd-journald');
  await machine.ok('systemctl', 'start', 'tsupervisor');
}, 300_000);
afterAll(() => machine.destroy());

type Entry = Readonly<Record<string, string>>;

async function entries(...matches: string[]): Promise<Entry[]> {
  const lines = await machine.ok('journalctl', '-o', 'json', ...matches);
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

describe('the journal', () => {
  test('has what every process of a program writes, by program, process, group, stream and pid', async () => {
    const isThere = async () => (await entries('TSUPERVISOR_PROGRAM=twins')).length === 6;
    await eventually(isThere, { what: 'the entries' });
    const pid = (await machine.ok('supervisorctl', 'pid', 'twins:twins_1')).trim();
    const written = await entries('TSUPERVISOR_PROCESS=twins_1', 'TSUPERVISOR_GROUP=twins');
    const shown = written.map((entry) => ({
      message: entry['MESSAGE'],
      priority: entry['PRIORITY'],
      stream: entry['TSUPERVISOR_STREAM'],
      identifier: entry['SYSLOG_IDENTIFIER'],
      pid: entry['OBJECT_PID'],
      unit: entry['_SYSTEMD_UNIT'],
    }));
    const common = { identifier: 'twins', pid, unit: 'tsupervisor.service' };
    expect(shown).toHaveLength(3);
    expect(shown).toContainEqual({ message: 'of 1', priority: '6', stream: 'stdout', ...common });
    expect(shown).toContainEqual({ message: 'trouble', priority: '3', stream: 'stderr', ...common });
    expect(shown).toContainEqual({ message: 'unfinished', priority: '6', stream: 'stdout', ...common });
  });

  test("has the daemon's own lines once, each with its level", async () => {
    const crit = await entries('SYSLOG_IDENTIFIER=supervisord', 'PRIORITY=2');
    expect(crit.map((entry) => entry['MESSAGE'])).toContain(
      "Server 'unix_http_server' running without any HTTP authentication checking",
    );
    const unit = await machine.ok('journalctl', '-o', 'cat', '-u', 'tsupervisor');
    expect(unit.match(/supervisord started with pid/g)).toHaveLength(1);
  });

  test('loses nothing of a program that writes faster than it takes and ends at once', async () => {
    await machine.ok('supervisorctl', 'start', 'burst');
    const messages = async () =>
      (await machine.ok('journalctl', '-o', 'cat', 'TSUPERVISOR_PROGRAM=burst')).split('\n').slice(0, -1);
    await eventually(async () => (await messages()).length >= 20_000, {
      what: 'all lines',
      timeoutMs: 30_000,
    });
    const numbers = (await messages()).map((line) => Number(/message=(\d+)$/.exec(line)?.[1]));
    expect(numbers).toEqual(Array.from({ length: 20_000 }, (_, index) => index + 1));
  }, 60_000);

  test('is not read back, but told of', async () => {
    const read = await machine.run('supervisorctl', 'tail', 'twins:twins_1');
    expect(read.stdout).toBe('twins:twins_1: ERROR (no log file)\n');
    const tail = await machine.run('tsupervisor', 'tail', 'twins:twins_1');
    expect(tail.stderr).toEndWith(
      "tsupervisor: twins:twins_1: stdout is in systemd's journal: " +
        'journalctl TSUPERVISOR_PROCESS=twins_1 TSUPERVISOR_GROUP=twins TSUPERVISOR_STREAM=stdout\n',
    );
    expect(tail.status).not.toBe(0);
  });

  test('has what goes to syslog, as syslog(3) would send it', async () => {
    const messages = await entries('SYSLOG_IDENTIFIER=supervisord', '_TRANSPORT=syslog');
    expect(messages.map((entry) => entry['MESSAGE'])).toContain('old by syslog');
  });

  test('goes on with the next journald', async () => {
    await machine.ok('systemctl', 'restart', 'systemd-journald');
    await machine.ok('supervisorctl', 'restart', 'twins:twins_0');
    const isThere = async () => (await entries('TSUPERVISOR_PROCESS=twins_0')).length === 6;
    await eventually(isThere, { what: 'the entries of the second run' });
  });
});

describe('a .socket unit', () => {
  const socket = '/run/tsupervisor/supervisor.sock';

  test('starts the daemon when a client comes, and keeps its socket when it ends', async () => {
    await machine.ok('systemctl', 'stop', 'tsupervisor');
    const unit = await machine.ok('tsupervisor', 'unit', '--socket');
    machine.write('etc/systemd/system/tsupervisor.socket', unit);
    await machine.ok('systemctl', 'daemon-reload');
    const verified = await machine.run('systemd-analyze', '--man=no', 'verify', 'tsupervisor.socket');
    expect(verified).toMatchObject({ status: 0, stdout: '' });
    expect(verified.stderr).not.toContain('tsupervisor.socket');
    await machine.ok('systemctl', 'start', 'tsupervisor.socket');
    expect(await machine.property('tsupervisor', 'ActiveState')).toBe('inactive');
    const inode = await machine.ok('stat', '-c', '%i %a', socket);
    expect(inode).toEndWith(' 770\n');
    expect(await machine.ok('supervisorctl', 'pid')).toBe(
      `${await machine.property('tsupervisor', 'MainPID')}\n`,
    );
    await machine.ok('systemctl', 'restart', 'tsupervisor');
    await machine.ok('systemctl', 'reload', 'tsupervisor');
    await machine.ok('supervisorctl', 'reload');
    await machine.ok('supervisorctl', 'pid');
    expect(await machine.ok('stat', '-c', '%i %a', socket)).toBe(inode);
    await machine.ok('systemctl', 'stop', 'tsupervisor.socket', 'tsupervisor.service');
    expect(machine.exists(socket)).toBe(false);
  });

  test('that is enabled while the service runs is in force from its next start on', async () => {
    await machine.ok('systemctl', 'start', 'tsupervisor');
    await machine.ok('systemctl', 'enable', 'tsupervisor.socket');
    await machine.ok('systemctl', 'restart', 'tsupervisor');
    expect(await machine.property('tsupervisor.socket', 'ActiveState')).toBe('active');
    expect(await machine.ok('supervisorctl', 'pid')).toBe(
      `${await machine.property('tsupervisor', 'MainPID')}\n`,
    );
    await machine.ok('systemctl', 'disable', 'tsupervisor.socket');
    await machine.ok('systemctl', 'stop', 'tsupervisor.socket', 'tsupervisor.service');
  });
});
