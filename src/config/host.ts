// What the configuration needs to know of the machine. The core gets it handed in and touches nothing itself.
import type { OpenToOthers } from '../linux/guarded-path.ts';
import type { GroupEntry, UserEntry } from '../linux/users.ts';
import { ConfigError } from './config.ts';

export type { GroupEntry, UserEntry };

/** What is behind a path, symbolic links followed. */
export interface FileFacts {
  readonly kind: 'directory' | 'file' | 'other';
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
  /** The same for the same file under any name. */
  readonly identity: string;
}

export interface ConfigHost {
  /** Of this process, real. */
  readonly uid: number;
  /** Absolute. */
  readonly cwd: string;
  /** As `uname -n` tells it. */
  readonly hostname: string;
  /** The directory for temporary files. */
  readonly tempdir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** All of a file. Throws whatever the system says. */
  readFile(path: string): Uint8Array;
  /** The first bytes of a regular file; null for anything else. Never waits. */
  readStart(path: string, bytes: number): Uint8Array | null;
  /** Names in a directory, in any order; none when it cannot be read. */
  listDirectory(path: string): readonly string[];
  isDirectory(path: string): boolean;
  /** A regular one, which can be read without waiting for anybody. */
  isFile(path: string): boolean;
  /** Follows symbolic links. */
  exists(path: string): boolean;
  /** Does not: a link to nowhere is there. */
  isPresent(path: string): boolean;
  /** `unknown` when it cannot be told, as in a directory that we may not enter. */
  lookAt(path: string): FileFacts | 'absent' | 'unknown';
  /** Who else than root could change what is at an absolute path; null when nobody, or when it cannot be told. */
  openToOthers(path: string): OpenToOthers | null;
  userByName(name: string): UserEntry | null;
  userById(uid: number): UserEntry | null;
  groupByName(name: string): GroupEntry | null;
  groupById(gid: number): GroupEntry | null;
}

/**
 * Looks every user and group up once at most: thousands of programs name the same few. A database that
 * cannot be asked is a ConfigError.
 */
export function rememberLookups(host: ConfigHost): ConfigHost {
  return {
    uid: host.uid,
    cwd: host.cwd,
    hostname: host.hostname,
    tempdir: host.tempdir,
    env: host.env,
    readFile: (path) => host.readFile(path),
    readStart: (path, bytes) => host.readStart(path, bytes),
    listDirectory: (path) => host.listDirectory(path),
    isDirectory: remember((path) => host.isDirectory(path)),
    isFile: (path) => host.isFile(path),
    exists: (path) => host.exists(path),
    isPresent: (path) => host.isPresent(path),
    lookAt: (path) => host.lookAt(path),
    openToOthers: (path) => host.openToOthers(path),
    userByName: remember((name) => host.userByName(name)),
    userById: remember((uid) => host.userById(uid)),
    groupByName: remember((name) => host.groupByName(name)),
    groupById: remember((gid) => host.groupById(gid)),
  };
}

function remember<K, V>(lookUp: (key: K) => V): (key: K) => V {
  const known = new Map<K, { readonly value: V }>();
  return (key) => {
    let entry = known.get(key);
    if (!entry) {
      entry = { value: orConfigError(key, lookUp) };
      known.set(key, entry);
    }
    return entry.value;
  };
}

function orConfigError<K, V>(key: K, lookUp: (key: K) => V): V {
  try {
    return lookUp(key);
  } catch (error) {
    throw new ConfigError(`cannot look up ${key}: ${error instanceof Error ? error.message : error}`);
  }
}
