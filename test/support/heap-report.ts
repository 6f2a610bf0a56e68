// Preloaded into a daemon that runs from its source: SIGWINCH makes it collect its garbage and tell what is left.

import { heapStats } from 'bun:jsc';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const file = join(process.cwd(), 'heap.json');

process.on('SIGWINCH', () => {
  // What is freed by the first may have held something.
  Bun.gc(true);
  Bun.gc(true);
  const { objectCount, heapSize } = heapStats();
  writeFileSync(`${file}.new`, JSON.stringify({ objectCount, heapSize }));
  renameSync(`${file}.new`, file);
});
