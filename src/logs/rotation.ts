// The files of a rotated log: BASE is the current one, BASE.1 the youngest of the old ones, which may be compressed.
// Its directory may be another user's, who may change it at any moment: see guarded-file.ts. Numbers are looked up by
// name, as there may be any number of other files.
import { basename, dirname } from 'node:path';
import type { Compression, Rotation } from '../config/config.ts';
import type { Directory } from '../linux/directory.ts';
import { inDirectory } from '../linux/guarded-file.ts';
import type { OpenToOthers } from '../linux/guarded-path.ts';

/** What the name of a compressed file ends with. */
export const suffixes: Readonly<Record<Compression, string>> = { gzip: '.gz', zstd: '.zst' };
const allSuffixes = ['', ...Object.values(suffixes)];

/** Above this number a log has no gaps: `backups` may be as good as infinite. */
const maxGaps = 1000;

/** By size alone, as Supervisor knows it. */
export function bySize(maxBytes: number, backups: number): Rotation {
  return { maxBytes, backups, schedule: null, compression: null, maxAgeSeconds: null };
}

/** The directory of a log while something is done there. */
export interface LogDirectory {
  readonly directory: Directory;
  /** Set when others than root can change it. */
  readonly open: OpenToOthers | null;
  /** The name of the log. */
  readonly base: string;
}

/** Throws what the system says; UntrustedPath when nothing may be done there. */
export function inLogDirectory<T>(path: string, action: (at: LogDirectory) => T): T {
  const base = basename(path);
  return inDirectory(dirname(path), (directory, open) => action({ directory, open, base }));
}

/** Moves BASE to BASE.1, BASE.1 to BASE.2 and so on; what was BASE.`backups` is lost. Throws what the system says. */
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
 * Descriptors of the file that the next shiftBackups may remove, so that its blocks are freed when they are closed. Throws
 * what the system says.
 */
export function holdOldest(path: string, backups: number): number[] {
  return inLogDirectory(path, ({ directory, base }) =>
    allSuffixes.flatMap((suffix) => directory.hold(`${base}.${backups}${suffix}`) ?? []),
  );
}

/** Removes old files that were last written more than `maxAgeSeconds` ago. Throws what the system says. */
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

/** Names of the old files that are not compressed, the oldest first. */
export function plainBackups(at: LogDirectory, backups: number): string[] {
  const names = oldNumbers(at, backups).map((number) => `${at.base}.${number}`);
  return names.reverse().filter((name) => at.directory.statusOf(name)?.isFile());
}

/** The numbers up to `highest` that there are, ascending. */
function oldNumbers(at: LogDirectory, highest: number): number[] {
  const numbers: number[] = [];
  for (let number = 1; number <= highest; number += 1) {
    if (suffixesOf(at, number).length > 0) numbers.push(number);
    else if (number > maxGaps) break;
  }
  return numbers;
}

/** Under which names the old file is there; usually it is one. */
function suffixesOf({ directory, base }: LogDirectory, number: number): string[] {
  return allSuffixes.filter((suffix) => directory.has(`${base}.${number}${suffix}`));
}

function move(at: LogDirectory, from: number, to: number, suffix: string): void {
  const { directory, base } = at;
  for (const other of suffixesOf(at, to)) if (other !== suffix) directory.remove(`${base}.${to}${other}`);
  directory.rename(`${base}.${from}${suffix}`, `${base}.${to}${suffix}`);
}
