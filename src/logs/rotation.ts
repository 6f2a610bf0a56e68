// The files of a rotated log: BASE is the current one, BASE.1 the newest backup; backups may be compressed. Another
// user may own the directory and change it at any time: see guarded-file.ts. Backups are looked up by name, because the
// directory may have any number of other files.
import { basename, dirname } from 'node:path';
import type { Compression, Rotation } from '../config/config.ts';
import { inDirectory } from '../linux/guarded-file.ts';
import type { ResolvedDirectory } from '../linux/guarded-path.ts';

/** Suffixes of compressed files. */
export const suffixes: Readonly<Record<Compression, string>> = { gzip: '.gz', zstd: '.zst' };
const allSuffixes = ['', ...Object.values(suffixes)];

/** Above this number gaps are not looked for: `backups` may be practically unlimited. */
const maxGaps = 1000;

/** Rotation by size alone, as in Supervisor. */
export function bySize(maxBytes: number, backups: number): Rotation {
  return { maxBytes, backups, schedule: null, compression: null, maxAgeSeconds: null };
}

/** The directory of a log during an operation. */
export interface LogDirectory extends ResolvedDirectory {
  /** The file name of the log. */
  readonly base: string;
}

/** Throws the error of the system call, or UntrustedPath. */
export function inLogDirectory<T>(path: string, action: (at: LogDirectory) => T): T {
  const base = basename(path);
  return inDirectory(dirname(path), (resolved) => action({ ...resolved, base }));
}

/**
 * Moves BASE to BASE.1, BASE.1 to BASE.2 and so on; BASE.`backups` is replaced. Throws the error of the system call.
 */
export function shiftBackups(path: string, backups: number): void {
  inLogDirectory(path, (at) => {
    const { directory, base } = at;
    for (const number of oldNumbers(at, backups - 1).reverse()) {
      for (const suffix of suffixesOf(at, number)) move(at, number, number + 1, suffix);
    }
    if (!directory.has(base)) return;
    for (const suffix of suffixesOf(at, 1)) if (suffix !== '') directory.remove(`${base}.1${suffix}`);
    directory.rename(base, `${base}.1`);
  });
}

/**
 * Pins the file that the next shiftBackups may remove, so that its blocks are freed when these descriptors are closed.
 * Throws the error of the system call.
 */
export function holdOldest(path: string, backups: number): number[] {
  return inLogDirectory(path, ({ directory, base }) =>
    allSuffixes.flatMap((suffix) => directory.hold(`${base}.${backups}${suffix}`) ?? []),
  );
}

/** Removes backups last written more than `maxAgeSeconds` ago. Throws the error of the system call. */
export function removeOldBackups(path: string, backups: number, maxAgeSeconds: number): void {
  const oldest = Date.now() - maxAgeSeconds * 1000;
  inLogDirectory(path, (at) => {
    for (const number of oldNumbers(at, backups)) {
      for (const suffix of suffixesOf(at, number)) {
        const name = `${at.base}.${number}${suffix}`;
        const status = at.directory.statusOf(name);
        if (status !== null && status.mtimeMs < oldest) at.directory.remove(name);
      }
    }
  });
}

/** Names of the uncompressed backups, the oldest first. */
export function plainBackups(at: LogDirectory, backups: number): string[] {
  const names = oldNumbers(at, backups).map((number) => `${at.base}.${number}`);
  return names.reverse().filter((name) => at.directory.statusOf(name)?.isFile());
}

/** The existing numbers up to `highest`, ascending. */
function oldNumbers(at: LogDirectory, highest: number): number[] {
  const numbers: number[] = [];
  for (let number = 1; number <= highest; number += 1) {
    if (suffixesOf(at, number).length > 0) numbers.push(number);
    else if (number > maxGaps) break;
  }
  return numbers;
}

/** The names under which a backup exists, usually one. */
function suffixesOf({ directory, base }: LogDirectory, number: number): string[] {
  return allSuffixes.filter((suffix) => directory.has(`${base}.${number}${suffix}`));
}

function move(at: LogDirectory, from: number, to: number, suffix: string): void {
  const { directory, base } = at;
  for (const other of suffixesOf(at, to)) if (other !== suffix) directory.remove(`${base}.${to}${other}`);
  directory.rename(`${base}.${from}${suffix}`, `${base}.${to}${suffix}`);
}
