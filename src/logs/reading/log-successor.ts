// Finds the file of a log that follows one read to its end. The log may have been rotated many times meanwhile: BASE.1,
// BASE.2 and so on are in descending order of age and keep their inodes when they are renamed.
import type { BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { isSystemError } from '../../linux/system-error.ts';
import { suffixes } from '../rotation.ts';
import { type OpenLog, openLog } from './open-log.ts';

export interface Successor {
  readonly log: OpenLog;
  /** Files in between may be gone or compressed. */
  readonly lost: boolean;
}

/**
 * Opens the file that follows `log` in the log at `path`; null while `log` is the current one, or the path is missing.
 */
export async function successorOf(log: OpenLog, path: string): Promise<Successor | null> {
  const own = await log.handle.stat({ bigint: true });
  for (;;) {
    const found = await lookFor(own, path);
    if (found === null) return null;
    const next = await openLog(found.path).catch((error: unknown) => {
      return isSystemError(error, 'ENOENT') ? 'moved' : 'unreadable';
    });
    if (next === 'moved') continue;
    if (next === 'unreadable') return null;
    if (isSame(next.status, found.status)) return { log: next, lost: found.lost };
    // It was rotated just now and has another name.
    await next.handle.close();
  }
}

interface Found {
  readonly path: string;
  readonly status: BigIntStats;
  readonly lost: boolean;
}

/** A rotation in progress leaves one number without a file. */
const maxMissing = 1;
/** Bounds the lookup, because the directory may be full of such names. */
const maxFiles = 1000;

/** From the current file back to the oldest that is newer than `own`. */
async function lookFor(own: BigIntStats, path: string): Promise<Found | null> {
  const current = await statusOf(path);
  if (current === null || isSame(current, own)) return null;
  let next = { path, status: current };
  let passed = 0;
  /** Between `next` and `own`. */
  let compressed = false;
  for (let number = 1, missing = 0; missing <= maxMissing && number <= maxFiles; number += 1) {
    const old = `${path}.${number}`;
    const status = await statusOf(old);
    if (status === null) {
      missing += 1;
      if (!(await isCompressedSince(own, old))) continue;
      compressed = true;
    } else if (isSame(status, own)) {
      return { ...next, lost: compressed };
    } else if (status.mtimeNs < own.mtimeNs) {
      break;
    } else {
      next = { path: old, status };
      passed += 1;
      compressed = false;
    }
    missing = 0;
  }
  return { ...next, lost: passed > 0 || compressed };
}

async function isCompressedSince(own: BigIntStats, path: string): Promise<boolean> {
  const copies = await Promise.all(Object.values(suffixes).map((suffix) => statusOf(path + suffix)));
  return copies.some((copy) => copy !== null && copy.mtimeNs > own.mtimeNs);
}

async function statusOf(path: string): Promise<BigIntStats | null> {
  const status = await stat(path, { bigint: true }).catch(() => null);
  return status?.isFile() ? status : null;
}

function isSame(a: BigIntStats, b: BigIntStats): boolean {
  return a.ino === b.ino && a.dev === b.dev;
}
