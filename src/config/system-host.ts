// The real machine, as a ConfigHost.
import {
  accessSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { currentUid } from '../linux/credentials.ts';
import { untrustedDirectory } from '../linux/guarded-path.ts';
import { isInstalledLocale } from '../linux/locale.ts';
import { isSystemError } from '../linux/system-error.ts';
import { groupById, groupByName, userById, userByName } from '../linux/users.ts';
import { localeCoercion } from '../python/locale-coercion.ts';
import type { ConfigHost, FileFacts } from './host.ts';
import { programPath } from './locate-config.ts';

/** Environment and working directory are those at the time of the call. */
export function systemHost(): ConfigHost {
  const cwd = process.cwd();
  return {
    uid: currentUid(),
    cwd,
    hostname: hostname(),
    tempdir: temporaryDirectory(cwd),
    env: inheritedEnvironment(),
    readFile: (path) => readFileSync(path),
    readStart,
    listDirectory,
    isDirectory,
    isFile,
    exists: (path) => succeeds(() => statSync(path)),
    isPresent: (path) => succeeds(() => lstatSync(path)),
    factsOf,
    untrustedDirectory,
    userByName,
    userById,
    groupByName,
    groupById,
  };
}

/** The inherited environment, plus what Python would add to it. */
export function inheritedEnvironment(): Record<string, string> {
  const variables = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return { ...Object.fromEntries(variables), ...localeCoercion(process.env, isInstalledLocale) };
}

/** The path by which this program was invoked. */
export function calledAs(): string {
  return programPath(process.argv0, process.env.PATH, process.execPath, isFile);
}

/** The first writable candidate, in Python's order. */
function temporaryDirectory(cwd: string): string {
  const named = [process.env.TMPDIR, process.env.TEMP, process.env.TMP].filter((path) => path);
  for (const path of [...named, '/tmp', '/var/tmp', '/usr/tmp'])
    if (path !== undefined && isDirectory(path) && isWritable(path)) return path;
  return cwd;
}

function isWritable(path: string): boolean {
  return succeeds(() => accessSync(path, constants.W_OK | constants.X_OK));
}

/** Checks the descriptor, not the path: the path can refer to anything and change between two calls. */
function readStart(path: string, bytes: number): Uint8Array | null {
  try {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    try {
      if (!fstatSync(fd).isFile()) return null;
      const buffer = new Uint8Array(bytes);
      return buffer.subarray(0, readSync(fd, buffer, 0, bytes, 0));
    } finally {
      closeSync(fd);
    }
  } catch {
    return null;
  }
}

function listDirectory(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function factsOf(path: string): FileFacts | 'absent' | 'unknown' {
  try {
    const status = statSync(path);
    const kind = status.isDirectory() ? 'directory' : status.isFile() ? 'file' : 'other';
    return { kind, mode: status.mode & 0o7777, uid: status.uid, identity: `${status.dev}:${status.ino}` };
  } catch (error) {
    return isSystemError(error, 'ENOENT') || isSystemError(error, 'ENOTDIR') ? 'absent' : 'unknown';
  }
}

function succeeds(action: () => unknown): boolean {
  try {
    action();
    return true;
  } catch {
    return false;
  }
}
