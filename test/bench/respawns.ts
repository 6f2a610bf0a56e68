// Programs that die and come back: how soon, also among others that die all the time, and what it costs.
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import type { Daemon } from '../support/daemon.ts';
import { compare, compareSeveral, median, percentile, type Row, timeOf, timeUntil } from './measure.ts';

const victims = 50;
const rounds = 2;
const quiet = {
  config: `[program:p]
command=/bin/sleep 100000
process_name=p_%(process_num)02d
numprocs=${victims}
startsecs=0
autorestart=true`,
  supervisord: 'minfds=4096\nlogfile_maxbytes=0',
};
const churning = {
  ...quiet,
  config: `${quiet.config}
[program:churn]
command=/bin/true
process_name=churn_%(process_num)03d
numprocs=300
startsecs=0
autorestart=true`,
};
const cpuSeconds = 10;
const patienceMs = 10_000;

export async function measureRespawns(): Promise<Row[]> {
  const figures = ['median', '99th percentile'];
  const again = (what: string) => figures.map((figure) => `${what}, ${figure}`);
  return [
    ...(await compareSeveral(again('killed to running again'), 'ms', quiet, killToRunning)),
    ...(await compareSeveral(again('the same among 300 that churn'), 'ms', churning, killToRunning)),
    await compare('CPU of the daemon for a respawn', 'ms', churning, cpuOfRespawn),
  ];
}

/** By the daemon's log, so that nobody asks meanwhile: a question would wake one that only looks once a second. */
async function killToRunning(daemon: Daemon): Promise<number[]> {
  const log = new NewLines(daemon);
  const times: number[] = [];
  const pids = new Map<string, number>();
  try {
    for (let round = 0; round < rounds; round += 1) {
      // Longer than the second below which restarts are held back.
      await Bun.sleep(2000);
      noteSpawned(log.read(), pids);
      const killed = new Map<string, number>();
      for (const [name, pid] of pids) {
        killed.set(name, Date.now());
        process.kill(pid, 'SIGKILL');
        await Bun.sleep(1000 / victims);
      }
      const giveUpAt = Date.now() + patienceMs;
      await timeUntil(async () => {
        const lines = log.read();
        noteSpawned(lines, pids);
        for (const line of lines) {
          const [, name = ''] = /INFO success: (p_\d+) entered/.exec(line) ?? [];
          const killedAt = killed.get(name);
          if (killedAt === undefined) continue;
          times.push(timeOf(line) - killedAt);
          killed.delete(name);
        }
        return killed.size === 0 || Date.now() > giveUpAt;
      }, 50);
      // At least so long.
      for (const killedAt of killed.values()) times.push(Date.now() - killedAt);
    }
  } finally {
    log.close();
  }
  return [median(times), percentile(times, 99)];
}

function noteSpawned(lines: readonly string[], pids: Map<string, number>): void {
  for (const line of lines) {
    const [, name, pid] = /INFO spawned: '(p_\d+)' with pid (\d+)/.exec(line) ?? [];
    if (name) pids.set(name, Number(pid));
  }
}

async function cpuOfRespawn(daemon: Daemon): Promise<number> {
  const log = new NewLines(daemon);
  await timeUntil(async () => log.read().some((line) => line.includes("spawned: 'churn_299'")), 50);
  const before = cpuTicks(daemon);
  await Bun.sleep(cpuSeconds * 1000);
  const ticks = cpuTicks(daemon) - before;
  const spawns = log.read().filter((line) => line.includes(" INFO spawned: 'churn_")).length;
  log.close();
  return (ticks * 10) / spawns;
}

/** Of the daemon alone, in hundredths of a second. */
function cpuTicks(daemon: Daemon): number {
  const [, rest = ''] = readFileSync(`/proc/${daemon.pid}/stat`, 'latin1').split(') ');
  const fields = rest.split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

/** What came into the daemon's log since the last look. */
class NewLines {
  readonly #fd: number;
  readonly #buffer = Buffer.alloc(256 * 1024);
  #rest = '';

  constructor(daemon: Daemon) {
    this.#fd = openSync(daemon.path('supervisord.log'), 'r');
  }

  read(): string[] {
    let text = this.#rest;
    for (let bytes = readSync(this.#fd, this.#buffer); bytes > 0; bytes = readSync(this.#fd, this.#buffer))
      text += this.#buffer.toString('latin1', 0, bytes);
    const lines = text.split('\n');
    this.#rest = lines.pop() ?? '';
    return lines;
  }

  close(): void {
    closeSync(this.#fd);
  }
}
