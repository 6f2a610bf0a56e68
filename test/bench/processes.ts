// Starting, listing, restarting, stopping, idling: side by side with the original.
import { readdirSync, readFileSync } from 'node:fs';
import type { Daemon } from '../support/daemon.ts';
import { call, compare, median, type Row, timeUntil } from './measure.ts';

const thousand = {
  config: `[program:many]
command=/bin/sleep 100000
process_name=%(program_name)s_%(process_num)04d
numprocs=1000
startsecs=0
autostart=false
stdout_logfile=NONE
stderr_logfile=NONE`,
  supervisord: 'minfds=8192',
};
const one = {
  // Writes down when each of its lives begins, in nanoseconds.
  config: `[program:cat]
command=/bin/sh -c 'date +%%s%%N >>%(here)s/starts; exec sleep 100000'
autorestart=true
startsecs=0`,
};
const hundredSilent = {
  config:
    '[program:quiet]\ncommand=/bin/sleep 100000\nnumprocs=100\nprocess_name=%(program_name)s_%(process_num)d\nstartsecs=0',
};

export async function measureProcesses(): Promise<Row[]> {
  return [
    await compare('from exec to 1000 programs RUNNING', 'ms', autostarting(thousand), startOfThousand),
    await compare('getAllProcessInfo with 1000 processes, median', 'ms', thousand, listLatency),
    await compare('stop of 1000 programs', 'ms', autostarting(thousand), stopOfThousand),
    await compare('killed to running again, median', 'ms', one, killToRunning),
    await compare('context switches in 20 s, idle with 100 silent programs', '', hundredSilent, idleWakeUps),
    await compare('anonymous memory with 100 silent programs', 'kB', hundredSilent, (daemon) =>
      memory(daemon, 'RssAnon'),
    ),
    await compare('resident memory with 100 silent programs', 'kB', hundredSilent, (daemon) =>
      memory(daemon, 'VmRSS'),
    ),
  ];
}

function autostarting(setup: typeof thousand): typeof thousand {
  return { ...setup, config: setup.config.replace('autostart=false\n', '') };
}

/** The age of the daemon's process when its log tells that the last program is RUNNING: a question would wake it. */
async function startOfThousand(daemon: Daemon): Promise<number> {
  await timeUntil(async () => daemon.log().includes('success: many_0999'), 5);
  const [, rest = ''] = readFileSync(`/proc/${daemon.pid}/stat`, 'latin1').split(') ');
  const startTicks = Number(rest.split(' ')[19]);
  const uptime = Number(readFileSync('/proc/uptime', 'latin1').split(' ')[0]);
  return uptime * 1000 - startTicks * 10;
}

async function running(daemon: Daemon): Promise<number> {
  return (await call(daemon, 'getAllProcessInfo')).split('>RUNNING<').length - 1;
}

async function listLatency(daemon: Daemon): Promise<number> {
  const times: number[] = [];
  for (let count = 0; count < 20; count += 1) {
    const started = performance.now();
    await call(daemon, 'getAllProcessInfo');
    times.push(performance.now() - started);
  }
  return median(times);
}

async function stopOfThousand(daemon: Daemon): Promise<number> {
  await timeUntil(async () => (await running(daemon)) === 1000, 50);
  const started = performance.now();
  await call(daemon, 'stopAllProcesses');
  return performance.now() - started;
}

async function killToRunning(daemon: Daemon): Promise<number> {
  const times: number[] = [];
  for (let count = 1; count <= 15; count += 1) {
    await timeUntil(async () => starts(daemon).length === count, 5);
    // Longer than the second below which restarts are held back.
    await Bun.sleep(1200);
    const victim = await pid(daemon);
    // Nobody asks meanwhile: a question would wake a daemon that only looks once a second.
    const killedAt = Date.now();
    process.kill(victim, 'SIGKILL');
    await timeUntil(async () => starts(daemon).length > count, 5);
    times.push(Number((starts(daemon).at(-1) ?? 0n) / 1000n) / 1000 - killedAt);
  }
  return median(times);
}

function starts(daemon: Daemon): bigint[] {
  return daemon.read('starts').split('\n').slice(0, -1).map(BigInt);
}

async function pid(daemon: Daemon): Promise<number> {
  const answer = await call(daemon, 'getProcessInfo', 'cat');
  return Number(/<name>pid<\/name>\s*<value><int>(\d+)/.exec(answer)?.[1] ?? 0);
}

async function idleWakeUps(daemon: Daemon): Promise<number> {
  await timeUntil(async () => (await running(daemon)) === 100, 50);
  // Threads of the runtime that helped to start end by themselves within a minute.
  await Bun.sleep(65_000);
  const before = switches(daemon.pid);
  await Bun.sleep(20_000);
  return switches(daemon.pid) - before;
}

function switches(pid: number): number {
  return readdirSync(`/proc/${pid}/task`)
    .map((thread) => readFileSync(`/proc/${pid}/task/${thread}/status`, 'latin1'))
    .flatMap((status) => [...status.matchAll(/ctxt_switches:\s+(\d+)/g)])
    .reduce((sum, match) => sum + Number(match[1]), 0);
}

async function memory(daemon: Daemon, field: string): Promise<number> {
  await timeUntil(async () => (await running(daemon)) === 100, 50);
  await Bun.sleep(5000);
  const status = readFileSync(`/proc/${daemon.pid}/status`, 'latin1');
  return Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
}
