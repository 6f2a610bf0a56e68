// Too few descriptors or processes: a program that cannot be started says why, in the original's words, and comes up
// when there are some again.
import { expect, test } from 'bun:test';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Daemon, ours } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';
import { newStranger } from '../../support/stranger.ts';

const config = `[program:cat]
command=/bin/cat
startsecs=0
autostart=false
startretries=100`;

const [asStranger, stranger] = newStranger();
const daemonOfStranger = ['/bin/sh', '-c', `chown ${stranger} . && exec "$0" "$@"`, ...asStranger, ...ours];

const scarcities = [
  {
    what: 'descriptors',
    // Fewer than its pipes.
    few: (pid: number) => descriptorLimit(pid, (number) => 3 + Math.min(16, Math.floor(number / 4))),
    plenty: 'nofile=1000:',
    says: 'too many open files',
  },
  {
    what: 'processes',
    few: () => 'nproc=1:',
    plenty: 'nproc=1000:',
    says: 'Too many processes in process table',
  },
];

for (const { what, few, plenty, says } of scarcities) {
  test(`without ${what} a program is in BACKOFF for that reason, and RUNNING when there are some again; logs can be read, and the daemon ends well`, async () => {
    const daemon = await Daemon.start({ config, executable: daemonOfStranger });
    try {
      // What the daemon had open only for a moment, such as a connection, leaves enough for a start.
      await eventually(
        async () => {
          await daemon.supervisorctl('stop', 'cat');
          await limit(daemon.pid, few(daemon.pid));
          await daemon.supervisorctl('start', 'cat');
          return daemon.log().includes(`INFO spawnerr: ${says} to spawn 'cat'\n`);
        },
        { what: 'the reason' },
      );
      await limit(daemon.pid, plenty);
      await eventually(async () => (await daemon.states()).cat === 'RUNNING', { what: 'cat to run' });
      await limit(daemon.pid, few(daemon.pid));
      expect((await daemon.supervisorctl('maintail')).stdout).toContain("INFO spawned: 'cat'");
    } finally {
      expect(await daemon.stop()).toBe(0);
    }
  });
}

test('without threads a program whose log is on another disk is in BACKOFF, and RUNNING when there are some again', async () => {
  const disk = mkdtempSync(join(tmpdir(), 'tsv-scarce-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m,mode=777', 'none', disk]);
  try {
    const withLog = `${config}\nstdout_logfile=${disk}/log`;
    const daemon = await Daemon.start({ config: withLog, executable: daemonOfStranger });
    try {
      await limit(daemon.pid, 'nproc=1:');
      expect((await daemon.supervisorctl('start', 'cat')).stdout).toBe('cat: ERROR (spawn error)\n');
      await eventually(() => daemon.log().includes("Too many processes in process table to spawn 'cat'\n"), {
        what: 'the reason',
      });
      await limit(daemon.pid, 'nproc=1000:');
      await eventually(async () => (await daemon.states()).cat === 'RUNNING', { what: 'cat to run' });
    } finally {
      expect(await daemon.stop()).toBe(0);
    }
  } finally {
    execFileSync('umount', [disk]);
    rmSync(disk, { recursive: true });
  }
});

test('with descriptors for its pipes alone, a program without logs is in BACKOFF, and the others live', async () => {
  const silent = `${config}\nstdout_logfile=NONE\nstderr_logfile=NONE`;
  const daemon = await Daemon.start({ config: silent, executable: daemonOfStranger });
  try {
    await eventually(
      async () => {
        await daemon.supervisorctl('stop', 'cat');
        // Its six, and the client's.
        await limit(
          daemon.pid,
          descriptorLimit(daemon.pid, () => 7),
        );
        return (await daemon.supervisorctl('start', 'cat')).stdout === 'cat: ERROR (spawn error)\n';
      },
      { what: 'a start to fail' },
    );
    await limit(daemon.pid, 'nofile=1000:');
    await eventually(async () => (await daemon.states()).cat === 'RUNNING', { what: 'cat to run' });
  } finally {
    expect(await daemon.stop()).toBe(0);
  }
});

/** The limit at which so many descriptors are free: programs leave a quarter of it to clients, at most 16. */
function descriptorLimit(pid: number, wanted: (limit: number) => number): string {
  const taken = new Set(readdirSync(`/proc/${pid}/fd`).map(Number));
  let number = 0;
  for (let free = 0; free < wanted(number); number += 1) if (!taken.has(number)) free += 1;
  return `nofile=${number}:`;
}

async function limit(pid: number, resource: string): Promise<void> {
  const prlimit = [...asStranger, 'prlimit', `--pid=${pid}`, `--${resource}`];
  expect(await Bun.spawn(prlimit).exited).toBe(0);
}
