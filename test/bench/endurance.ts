// What a hundred thousand respawns leave behind in the daemon, looked at every tenth of the way. Some minutes:
//     bun test/bench/endurance.ts [respawns]
import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { Daemon } from '../support/daemon.ts';

const respawns = Number(process.argv[2] ?? 100_000);
/** Each is started again once a second. */
const programs = 400;

const daemon = await Daemon.start({
  config: `[program:dies]
command=/bin/true
process_name=dies_%(process_num)03d
numprocs=${programs}
startsecs=0
autorestart=true`,
  supervisord: 'minfds=4096\nlogfile_maxbytes=0',
});
const log = openSync(daemon.path('supervisord.log'), 'r');
try {
  console.log('  respawns descriptors  anonymous kB   resident kB');
  let count = 0;
  for (let tenth = 1; tenth <= 10; tenth += 1) {
    while (count < (respawns * tenth) / 10) {
      await Bun.sleep(500);
      count += newSpawns();
    }
    const descriptors = readdirSync(`/proc/${daemon.pid}/fd`).length;
    const figures = [count, descriptors, memory('RssAnon'), memory('VmRSS')];
    console.log(figures.map((figure, index) => String(figure).padStart(index < 2 ? 10 : 13)).join(' '));
  }
} finally {
  closeSync(log);
  await daemon.stop();
}

/** Since the last look. */
function newSpawns(): number {
  const buffer = Buffer.alloc(1024 * 1024);
  let spawns = 0;
  for (let bytes = readSync(log, buffer); bytes > 0; bytes = readSync(log, buffer)) {
    spawns += buffer.toString('latin1', 0, bytes).split(" INFO spawned: 'dies_").length - 1;
  }
  return spawns;
}

function memory(field: string): number {
  const status = readFileSync(`/proc/${daemon.pid}/status`, 'latin1');
  return Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
}
