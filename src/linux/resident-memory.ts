// Memory that was needed once: madvise(2).
import { readFileSync } from 'node:fs';
import { libc } from './libc.ts';

const MADV_DONTNEED = 4;

/**
 * Gives back the pages of our executable's code that start-up touched. Code is never written to, so the kernel maps
 * what is needed again from its cache.
 */
export function forgetStartUpCode(): void {
  for (const line of readFileSync('/proc/self/maps', 'latin1').split('\n')) {
    const [range = '', permissions, , , , path] = line.split(/\s+/);
    if (permissions !== 'r-xp' || path !== process.execPath) continue;
    const [start = 0n, end = 0n] = range.split('-').map((address) => BigInt(`0x${address}`));
    libc.madvise(start, end - start, MADV_DONTNEED);
  }
}
