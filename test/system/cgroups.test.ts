// What a unit with Delegate= is worth to us: a cgroup for each program, as systemd hands it over.
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { copyFileSync } from 'node:fs';
import { ours } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';
import { Machine } from './machine.ts';

let machine: Machine;

const config = `[unix_http_server]
file=/run/tsupervisor/supervisor.sock
[supervisord]
user=root
logfile=/var/log/supervisord.log
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix:///run/tsupervisor/supervisor.sock
[program:forking]
command=/bin/sh -c "setsid sleep 2000001 & exec sleep 2000002"
killascgroup=true
startsecs=0
[program:other]
command=/bin/sleep 2000003
user=nobody
startsecs=0
`;

beforeAll(async () => {
  machine = await Machine.boot();
  copyFileSync(ours[0], machine.path('usr/local/bin/tsupervisor'));
  machine.write('etc/supervisord.conf', config);
  await machine.ok('tsupervisor', 'install', '--now');
  await eventually(async () => (await sleepers()) === 3, { what: 'all processes' });
}, 300_000);
afterAll(() => machine.destroy());

const sleepers = async () => (await machine.pidsOf('sleep 200000[123]$')).length;
/** The last part of the path of a process's cgroup, as the machine sees it. */
async function cgroupOf(pid: string | number): Promise<string> {
  const text = await machine.ok('cat', `/proc/${pid}/cgroup`);
  return /^0::(.*)$/m.exec(text)?.[1] ?? '';
}
const ofUnit = '/system.slice/tsupervisor.service';
const mainPid = () => machine.property('tsupervisor', 'MainPID');

test('systemd keeps the daemon in sight in the cgroup that it has moved to', async () => {
  expect(await cgroupOf(await mainPid())).toBe(`${ofUnit}/manager`);
  expect(await machine.property('tsupervisor', 'ActiveState')).toBe('active');
  await machine.ok('systemctl', 'reload', 'tsupervisor');
});

test('every program is in a cgroup of its own, that of another user too', async () => {
  for (const name of ['forking', 'other']) {
    const pid = (await machine.ok('supervisorctl', 'pid', name)).trim();
    expect(await cgroupOf(pid)).toBe(`${ofUnit}/${name}:${name}`);
  }
  const [daemonised = 0] = await machine.pidsOf('sleep 2000001$');
  expect(await cgroupOf(daemonised)).toBe(`${ofUnit}/forking:forking`);
});

test('a stop with killascgroup ends what has daemonised itself', async () => {
  await machine.ok('supervisorctl', 'stop', 'forking');
  expect(await sleepers()).toBe(1);
  await machine.ok('supervisorctl', 'start', 'forking');
});

test('a daemon that was killed is started again, also where KillMode=process leaves programs behind', async () => {
  await machine.ok('supervisorctl', 'start', 'all');
  machine.write('etc/systemd/system/tsupervisor.service.d/kill.conf', '[Service]\nKillMode=process\n');
  await machine.ok('systemctl', 'daemon-reload');
  const before = await mainPid();
  const [old = 0] = await machine.pidsOf('sleep 2000002$');
  await machine.ok('kill', '-KILL', before);
  await eventually(async () => (await machine.run('supervisorctl', 'pid', 'forking')).status === 0, {
    what: 'the new daemon',
    timeoutMs: 30_000,
  });
  expect(await mainPid()).not.toBe(before);
  expect(await cgroupOf(await mainPid())).toBe(`${ofUnit}/manager`);
  // Ended because of killascgroup; the other program, without it, runs twice, as KillMode=process has it.
  expect(await machine.pidsOf('sleep 2000002$')).not.toContain(old);
  expect(await machine.pidsOf('sleep 2000003$')).toHaveLength(2);
});
