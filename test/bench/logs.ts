// Carrying output to log files: how fast, at what cost, and what everybody else notices of it.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Daemon, DaemonSetup } from '../support/daemon.ts';
import { call, compare, median, type Row, timeUntil } from './measure.ts';

const lines = join(import.meta.dir, 'lines.pl');
const floodMegabytes = 2000;
const ticksPerSecond = 100;

const flood: DaemonSetup = {
  config: `[program:flood]
command=/usr/bin/perl ${lines} flood ${floodMegabytes}
autostart=false
autorestart=false
startsecs=0
stdout_logfile=%(here)s/flood.log
stdout_logfile_maxbytes=50MB`,
};
const endlessFlood: DaemonSetup = {
  config: flood.config.replace(String(floodMegabytes), '1000000000').replace('autostart=false', ''),
};
const hundred: DaemonSetup = {
  config: `[program:pace]
command=/usr/bin/perl ${lines} pace
numprocs=100
process_name=%(program_name)s_%(process_num)d
startsecs=0
stdout_logfile=%(here)s/%(program_name)s_%(process_num)d.log`,
};

export async function measureLogs(): Promise<Row[]> {
  return [
    await compare('log of one program that floods, best of 3', 'MB/s', flood, async (daemon) => {
      const floods = await threeFloods(daemon);
      return floodMegabytes / Math.min(...floods.map(({ seconds }) => seconds));
    }),
    await compare('CPU per GB of that log, median of 3', 's', flood, async (daemon) => {
      const floods = await threeFloods(daemon);
      return (median(floods.map(({ cpuSeconds }) => cpuSeconds)) * 1000) / floodMegabytes;
    }),
    await compare('CPU share for 100 programs of 2000 lines/s', '%', hundred, shareForHundred),
    await compare('getState while a program floods, 99th of 100', 'ms', endlessFlood, stateLatency),
  ];
}

interface Flood {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/** What else the machine does moves one of them a lot. */
async function threeFloods(daemon: Daemon): Promise<Flood[]> {
  const floods: Flood[] = [];
  for (let count = 1; count <= 3; count += 1) {
    const before = cpuSeconds(daemon.pid);
    const started = performance.now();
    await call(daemon, 'startProcess', 'flood');
    await timeUntil(async () => daemon.log().split('exited: flood').length > count, 10);
    floods.push({
      seconds: (performance.now() - started) / 1000,
      cpuSeconds: cpuSeconds(daemon.pid) - before,
    });
  }
  return floods;
}

async function shareForHundred(daemon: Daemon): Promise<number> {
  await timeUntil(
    async () => statSync(daemon.path('pace_99.log'), { throwIfNoEntry: false }) !== undefined,
    50,
  );
  const before = cpuSeconds(daemon.pid);
  const started = performance.now();
  await Bun.sleep(5000);
  return ((cpuSeconds(daemon.pid) - before) / (performance.now() - started)) * 1e5;
}

async function stateLatency(daemon: Daemon): Promise<number> {
  await timeUntil(
    async () => statSync(daemon.path('flood.log.2'), { throwIfNoEntry: false }) !== undefined,
    50,
  );
  const times: number[] = [];
  for (let count = 0; count < 500; count += 1) {
    const started = performance.now();
    await call(daemon, 'getState');
    times.push(performance.now() - started);
  }
  return times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? Number.NaN;
}

/** User and system time of all threads (proc(5)). */
function cpuSeconds(pid: number): number {
  const [, rest = ''] = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ');
  const fields = rest.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}
