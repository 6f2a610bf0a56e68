// What respawns and restarts in place leave behind in the daemon, counted after a collection: nothing.
import { expect, test } from 'bun:test';
import { closeSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { clientOf } from '../../support/client.ts';
import { Daemon } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';
import { openDescriptors } from './kernel-view.ts';

const root = join(import.meta.dir, '../../..');
/** The compiled one cannot be asked for its heap. */
const fromSource = [
  ...[process.execPath, '--preload', join(root, 'test/support/heap-report.ts')],
  ...[join(root, 'src/main.ts'), 'supervisord'],
];
/**
 * By then what is kept within bounds, such as the history that the page shows, has reached them, and all is compiled.
 */
const settledAfter = 9_000;
const respawns = 2_000;
const restarts = 4;

test(`${respawns} respawns leave neither objects nor descriptors`, async () => {
  const daemon = await Daemon.start({
    executable: fromSource,
    config: `[program:dies]
command=/bin/true
process_name=dies_%(process_num)03d
numprocs=500
startsecs=0
autorestart=true
autostart=false`,
    supervisord: 'logfile_maxbytes=0\nminfds=4096',
  });
  const client = clientOf(daemon);
  const log = new LogCount(daemon, " INFO spawned: 'dies_");
  /** With everything stopped. */
  const leftAfter = async (spawns: number): Promise<Left> => {
    await client.actOnGroup('start', 'dies', false);
    await eventually(() => log.count() >= spawns, { what: `${spawns} spawns`, timeoutMs: 90_000 });
    await client.actOnGroup('stop', 'dies', true);
    return left(daemon);
  };
  try {
    const before = await leftAfter(settledAfter);
    const after = await leftAfter(settledAfter + respawns);
    expect((after.objects - before.objects) / respawns).toBeLessThan(0.1);
    expect(after.bytes - before.bytes).toBeLessThan(500_000);
    expect(after.descriptors).toBe(before.descriptors);
  } finally {
    client.close();
    log.close();
    expect(await daemon.stop()).toBe(0);
  }
}, 120_000);

test('restarts in place leave neither objects nor descriptors', async () => {
  const daemon = await Daemon.start({
    executable: fromSource,
    config: '[program:cat]\ncommand=/bin/cat\nprocess_name=cat_%(process_num)02d\nnumprocs=50\nstartsecs=0',
  });
  const ready = new LogCount(daemon, 'INFO success: cat_49 entered RUNNING');
  const leftAfterRestarts = async (): Promise<Left> => {
    for (let restart = 0; restart < restarts; restart += 1) {
      const lives = ready.count();
      process.kill(daemon.pid, 'SIGHUP');
      await eventually(() => ready.count() > lives, { what: 'the next life' });
    }
    return left(daemon);
  };
  try {
    await eventually(() => ready.count() === 1, { what: 'the first life' });
    // The first ones compile what was never needed before.
    const before = await leftAfterRestarts();
    const after = await leftAfterRestarts();
    expect((after.objects - before.objects) / restarts).toBeLessThan(100);
    expect(after.descriptors).toBe(before.descriptors);
  } finally {
    ready.close();
    expect(await daemon.stop()).toBe(0);
  }
});

interface Left {
  readonly objects: number;
  readonly bytes: number;
  readonly descriptors: number;
}

async function left(daemon: Daemon): Promise<Left> {
  const file = daemon.path('heap.json');
  rmSync(file, { force: true });
  process.kill(daemon.pid, 'SIGWINCH');
  await eventually(() => daemon.read('heap.json') !== '', { what: 'the heap' });
  const { objectCount, heapSize }: { readonly objectCount: number; readonly heapSize: number } = JSON.parse(
    readFileSync(file, 'utf8'),
  );
  return { objects: objectCount, bytes: heapSize, descriptors: openDescriptors(daemon.pid) };
}

/** Counts matches in the log; each call reads only what is new. */
class LogCount {
  readonly #fd: number;
  readonly #buffer = Buffer.alloc(256 * 1024);
  #rest = '';
  #count = 0;

  constructor(
    daemon: Daemon,
    private readonly needle: string,
  ) {
    this.#fd = openSync(daemon.path('supervisord.log'), 'r');
  }

  count(): number {
    for (let bytes = readSync(this.#fd, this.#buffer); bytes > 0; bytes = readSync(this.#fd, this.#buffer)) {
      const lines = (this.#rest + this.#buffer.toString('latin1', 0, bytes)).split('\n');
      this.#rest = lines.pop() ?? '';
      this.#count += lines.filter((line) => line.includes(this.needle)).length;
    }
    return this.#count;
  }

  close(): void {
    closeSync(this.#fd);
  }
}
