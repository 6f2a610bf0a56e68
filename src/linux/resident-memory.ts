// Releases memory that only start-up needed: madvise(2).
import { readFileSync } from 'node:fs';
import { libc } from './libc.ts';

const MADV_DONTNEED = 4;

/**
 * Releases the pages of the executable's code that start-up touched. Code is read-only, so the kernel maps pages that are
 * needed again from the page cache.
 */
export function forgetStartUpCode(): void {
  for (const line of readFileSync('/proc/self/maps', 'latin1').split('\n')) {
    const [range = '', permissions, , , , path] = line.split(/\s+/);
    if (permissions !== 'r-xp' || path !== process.execPath) continue;
    const [start = 0n, end = 0n] = range.split('-').map((address) => BigInt(`0x${address}`));
    libc.madvise(start, end - start, MADV_DONTNEED);
  }
}
