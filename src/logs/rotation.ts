// The files of a rotated log: BASE is the current one, BASE.1 the youngest of the old ones, which may be compressed.
import { existsSync, readdirSync, renameSync, statSync, unlinkSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Compression, Rotation } from '../config/config.ts';
import { holdFile } from '../linux/file.ts';
import { isSystemError } from '../linux/system-error.ts';

/** What the name of a compressed file ends with. */
export const suffixes: Readonly<Record<Compression, string>> = { gzip: '.gz', zstd: '.zst' };
const allSuffixes = ['', ...Object.values(suffixes)];

/** By size alone, as Supervisor knows it. */
export function bySize(maxBytes: number, backups: number): Rotation {
  return { maxBytes, backups, schedule: null, compression: null, maxAgeSeconds: null };
}

/** Moves BASE to BASE.1, BASE.1 to BASE.2 and so on; what was BASE.`backups` is lost. Throws what the system says. */
export function shiftBackups(path: string, backups: number): void {
  for (const number of oldNumbers(path, backups - 1).reverse()) {
    for (const suffix of suffixesOf(path, number)) move(path, number, number + 1, suffix);
  }
  if (!existsSync(path)) return;
  for (const suffix of suffixesOf(path, 1)) if (suffix !== '') unlinkSync(`${path}.1${suffix}`);
  renameSync(path, `${path}.1`);
}

/** Descriptors of the file that the next shiftBackups may remove, so that its blocks are freed when they are closed. */
export function holdOldest(path: string, backups: number): number[] {
  return allSuffixes.flatMap((suffix) => holdFile(`${path}.${backups}${suffix}`) ?? []);
}

/** Removes old files that were last written more than `maxAgeSeconds` ago. Throws what the system says. */
export function removeOldBackups(path: string, backups: number, maxAgeSeconds: number): void {
  const oldest = Date.now() - maxAgeSeconds * 1000;
  for (const number of oldNumbers(path, backups)) {
    for (const suffix of suffixesOf(path, number)) {
      const file = `${path}.${number}${suffix}`;
      if (statSync(file).mtimeMs < oldest) unlinkSync(file);
    }
  }
}

/** The old files that are not compressed, the oldest first. Throws what the system says. */
export function plainBackups(path: string, backups: number): string[] {
  const files = oldNumbers(path, backups).map((number) => `${path}.${number}`);
  return files.reverse().filter((file) => existsSync(file));
}

/** Where the compressed copy of an old file is made. */
export function unfinishedCopy(path: string): string {
  return `${path}.compressing`;
}

/** Old files wait to be compressed, or somebody was stopped while doing so. */
export function awaitsCompression(path: string, backups: number): boolean {
  return plainBackups(path, backups).length > 0 || existsSync(unfinishedCopy(path));
}

/**
 * Puts a compressed copy in the place of the old file with this inode, whatever its number is by now. When there is
 * none any more, the copy is removed. Throws what the system says.
 */
export function replaceByCompressed(
  path: string,
  backups: number,
  inode: number,
  copy: { readonly path: string; readonly suffix: string },
): void {
  const original = plainBackups(path, backups).find((file) => statSync(file).ino === inode);
  if (original === undefined) return removeIfThere(copy.path);
  renameSync(copy.path, `${original}${copy.suffix}`);
  unlinkSync(original);
}

/** Missing is fine. Throws what the system says. */
export function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (!isSystemError(error, 'ENOENT')) throw error;
  }
}

/** The numbers up to `highest` that there are, ascending; by the directory, as `backups` may be as good as infinite. */
function oldNumbers(path: string, highest: number): number[] {
  const beginning = `${basename(path)}.`;
  const numbers = new Set<number>();
  for (const name of readdirSync(dirname(path))) {
    const digits = name.startsWith(beginning) ? OLD_FILE.exec(name.slice(beginning.length))?.[1] : undefined;
    if (digits !== undefined && Number(digits) <= highest) numbers.add(Number(digits));
  }
  return [...numbers].sort((a, b) => a - b);
}

/** What stands behind the name of the log. */
const OLD_FILE = /^([1-9]\d{0,14})(?:\.gz|\.zst)?$/;

/** Under which names the old file is there; usually it is one. */
function suffixesOf(path: string, number: number): string[] {
  return allSuffixes.filter((suffix) => existsSync(`${path}.${number}${suffix}`));
}

function move(path: string, from: number, to: number, suffix: string): void {
  for (const other of suffixesOf(path, to)) if (other !== suffix) unlinkSync(`${path}.${to}${other}`);
  renameSync(`${path}.${from}${suffix}`, `${path}.${to}${suffix}`);
}
