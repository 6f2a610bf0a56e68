// Preloaded into a daemon that runs from source: on SIGWINCH it collects garbage and reports the remaining heap.

import { heapStats } from 'bun:jsc';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const file = join(process.cwd(), 'heap.json');

process.on('SIGWINCH', () => {
  // Objects freed by the first run may have kept others alive.
  Bun.gc(true);
  Bun.gc(true);
  const { objectCount, heapSize } = heapStats();
  writeFileSync(`${file}.new`, JSON.stringify({ objectCount, heapSize }));
  renameSync(`${file}.new`, file);
});
