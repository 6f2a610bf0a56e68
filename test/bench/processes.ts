// Starting, listing, restarting, stopping, idling: side by side with the original.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Daemon, type DaemonSetup, run } from '../support/daemon.ts';
import { call, compare, compareSeveral, median, python, type Row, timeOf, timeUntil } from './measure.ts';

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
const hundredDown = {
  config: Array.from(
    { length: 100 },
    (_, index) => `[program:down_${index}]
command=${index % 2 === 0 ? '/bin/cat' : '/nonexistent'}
autostart=${index % 2 === 0 ? 'false' : 'true'}
startretries=0`,
  ).join('\n'),
};
const noPrograms: DaemonSetup = { config: '' };
const hundredSilent = {
  config:
    '[program:quiet]\ncommand=/bin/sleep 100000\nnumprocs=100\nprocess_name=%(program_name)s_%(process_num)d\nstartsecs=0',
};

export async function measureProcesses(): Promise<Row[]> {
  return [
    ...(await startOfThousand()),
    await compare('longest wait for getState meanwhile', 'ms', autostarting(thousand), maxWaitMs),
    await compare('getAllProcessInfo with 1000 processes, median', 'ms', thousand, listLatency),
    await compare('stop of 1000 programs', 'ms', autostarting(thousand), stopOfThousand),
    await compare('shutdown with 100 groups STOPPED or FATAL', 'ms', hundredDown, shutdownOfDown),
    await compare('context switches in 20 s, idle with 100 silent programs', '', hundredSilent, idleWakeUps),
    ...(await memoryWith('no programs', noPrograms, 0)),
    ...(await memoryWith('100 silent programs', hundredSilent, 100)),
    ...(await memoryWith('1000 silent programs', autostarting(thousand), 1000)),
  ];
}

function autostarting(setup: typeof thousand): typeof thousand {
  return { ...setup, config: setup.config.replace('autostart=false\n', '') };
}

/** By the times in the daemon's log: who asks meanwhile takes a part of the machine. */
async function startOfThousand(): Promise<Row[]> {
  const row = await compare(
    'from exec to 1000 programs RUNNING',
    'ms',
    autostarting(thousand),
    async (daemon) => {
      const isLast = (line: string): boolean => line.includes('success: many_0999');
      await timeUntil(async () => daemon.log().split('\n').some(isLast), 200);
      return timeOf(daemon.log().split('\n').find(isLast) ?? '') - execTime(daemon.pid);
    },
  );
  return [row, { ...row, what: '1000 bare posix_spawn instead of ours', ours: await bareSpawns() }];
}

/** Milliseconds since 1970, to ten. */
function execTime(pid: number): number {
  const [, rest = ''] = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ');
  const uptime = Number(readFileSync('/proc/uptime', 'latin1').split(' ')[0]);
  return Date.now() - uptime * 1000 + Number(rest.split(' ')[19]) * 10;
}

/** The ratio is what nobody surpasses who starts them one after the other. */
async function bareSpawns(): Promise<number> {
  const { stdout } = await run([python, join(import.meta.dir, 'bare-spawns.py'), '1000']);
  return Number(stdout);
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

/** Half of the groups are STOPPED, half FATAL. */
async function shutdownOfDown(daemon: Daemon): Promise<number> {
  await timeUntil(async () => (await call(daemon, 'getAllProcessInfo')).split('>FATAL<').length === 51, 50);
  const started = performance.now();
  process.kill(daemon.pid, 'SIGTERM');
  await daemon.subprocess.exited;
  return performance.now() - started;
}

async function maxWaitMs(daemon: Daemon): Promise<number> {
  let longest = 0;
  for (let up = false; !up; up = daemon.log().includes('success: many_0999')) {
    // Looking at the log takes time of its own.
    for (let count = 0; count < 5; count += 1) {
      const started = performance.now();
      await call(daemon, 'getState');
      longest = Math.max(longest, performance.now() - started);
    }
  }
  return longest;
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

async function memoryWith(programs: string, setup: DaemonSetup, count: number): Promise<Row[]> {
  const whats = [`anonymous memory with ${programs}`, `resident memory with ${programs}`];
  return compareSeveral(whats, 'kB', setup, async (daemon) => {
    await timeUntil(async () => (await running(daemon)) === count, 50);
    await Bun.sleep(5000);
    const status = readFileSync(`/proc/${daemon.pid}/status`, 'latin1');
    return ['RssAnon', 'VmRSS'].map((field) =>
      Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1]),
    );
  });
}
