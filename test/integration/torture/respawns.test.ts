// Programs that die and come back, in numbers: clients are answered, nothing leaks, everything is up at the end.
import { describe, expect, test } from 'bun:test';
import { clientOf } from '../../support/client.ts';
import { Daemon } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';
import { childrenOf, openDescriptors, processOf } from './kernel-view.ts';

const count = (text: string, needle: string): number => text.split(needle).length - 1;

/** A repeatable sequence of numbers in [0, 1): mulberry32. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let word = Math.imul(state ^ (state >>> 15), 1 | state);
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word;
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe('200 programs that die at once for ever', () => {
  test('leave clients answered, descriptors flat and no zombie after 2000 respawns', async () => {
    const daemon = await Daemon.start({
      config: `[program:dies]
command=/bin/true
process_name=dies_%(process_num)03d
numprocs=200
startsecs=0
autorestart=true
autostart=false
[program:cat]
command=/bin/cat`,
    });
    const client = clientOf(daemon);
    try {
      await eventually(async () => (await client.process('cat')).statename === 'RUNNING', { what: 'cat' });
      const before = openDescriptors(daemon.pid);
      await client.actOnGroup('start', 'dies', false);
      let answers = 0;
      await eventually(
        async () => {
          answers += (await client.process('cat')).statename === 'RUNNING' ? 1 : 0;
          return answers % 20 === 0 && count(daemon.log(), "spawned: 'dies_") >= 2000;
        },
        { what: '2000 spawns', timeoutMs: 60_000 },
      );
      const stopped = await client.actOnGroup('stop', 'dies', true);
      expect(stopped).toHaveLength(200);
      const states = (await client.allProcesses()).filter(({ group }) => group === 'dies');
      expect(new Set(states.map(({ statename }) => statename))).toEqual(new Set(['STOPPED']));
      await eventually(() => openDescriptors(daemon.pid) <= before, {
        what: 'no more open descriptors than before',
      });
      expect(childrenOf(daemon.pid).map(({ name }) => name)).toEqual(['cat']);
      expect(answers).toBeGreaterThan(100);
      const log = daemon.log();
      const ends = count(log, 'exited: dies_') + count(log, 'stopped: dies_');
      expect(count(log, "spawned: 'dies_")).toBe(ends);
    } finally {
      client.close();
      expect(await daemon.stop()).toBe(0);
    }
  });
});

describe('100 programs of which random ones are killed', () => {
  test('are all RUNNING again at the end, each as one process', async () => {
    const daemon = await Daemon.start({
      config: `[program:p]
command=/bin/sleep 100000
process_name=p_%(process_num)02d
numprocs=100
startsecs=0
autorestart=true`,
    });
    const client = clientOf(daemon);
    const random = seeded(20261121);
    const allRun = async (): Promise<boolean> =>
      (await client.allProcesses()).every(({ statename }) => statename === 'RUNNING');
    try {
      await eventually(allRun, { what: 'all to run' });
      const before = openDescriptors(daemon.pid);
      const killed = new Set<number>();
      while (killed.size < 500) {
        const running = (await client.allProcesses()).filter(({ pid }) => pid > 0);
        for (const { pid } of running) {
          // Only a child of this daemon may be hit, whatever became of the pid since.
          if (random() > 0.2 || killed.has(pid) || processOf(pid)?.parent !== daemon.pid) continue;
          process.kill(pid, 'SIGKILL');
          killed.add(pid);
        }
      }
      await eventually(allRun, { what: 'all to run again' });
      const processes = await client.allProcesses();
      const children = childrenOf(daemon.pid).map(({ pid }) => pid);
      expect(processes.map(({ pid }) => pid).toSorted((a, b) => a - b)).toEqual(
        children.toSorted((a, b) => a - b),
      );
      expect(openDescriptors(daemon.pid)).toBe(before);
      expect(count(daemon.log(), 'terminated by SIGKILL; not expected)')).toBe(killed.size);
    } finally {
      client.close();
      expect(await daemon.stop()).toBe(0);
    }
  });
});

describe('the start of 300 programs', () => {
  test('lets clients in between, and each ends up RUNNING under its own pid', async () => {
    const daemon = await Daemon.start({
      config: `[program:s]
command=/bin/sleep 100000
process_name=s_%(process_num)03d
numprocs=300
startsecs=0
autostart=false`,
    });
    const [starter, watcher] = [clientOf(daemon), clientOf(daemon)];
    try {
      let done = false;
      let answersMeanwhile = 0;
      const starting = starter.actOnAll('start', true).then((results) => {
        done = true;
        return results;
      });
      const running = new Set<number>();
      while (!done) {
        const up = (await watcher.allProcesses()).filter(({ pid }) => pid > 0).length;
        running.add(up);
        answersMeanwhile += 1;
      }
      expect((await starting).map(({ status }) => status)).toEqual(Array(300).fill(80));
      expect(answersMeanwhile).toBeGreaterThan(1);
      const pids = (await watcher.allProcesses()).map(({ pid }) => pid);
      expect(new Set(pids).size).toBe(300);
      expect(childrenOf(daemon.pid)).toHaveLength(300);
    } finally {
      starter.close();
      watcher.close();
      expect(await daemon.stop()).toBe(0);
    }
  });
});
