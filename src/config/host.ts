// What the configuration needs to know about the machine. Passed in, so that the core itself does no I/O.
import type { UntrustedDirectory } from '../linux/guarded-path.ts';
import type { GroupEntry, UserEntry } from '../linux/users.ts';
import { ConfigError } from './config.ts';

export type { GroupEntry, UserEntry };

/** What a path refers to, following symbolic links. */
export interface FileFacts {
  readonly kind: 'directory' | 'file' | 'other';
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
  /** Equal for the same file under any name. */
  readonly identity: string;
}

export interface ConfigHost {
  /** Real uid of this process. */
  readonly uid: number;
  /** Absolute. */
  readonly cwd: string;
  /** As printed by `uname -n`. */
  readonly hostname: string;
  /** The directory for temporary files. */
  readonly tempdir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The whole file. Throws the system's error. */
  readFile(path: string): Uint8Array;
  /** The first bytes of a regular file; null for anything else. Never blocks. */
  readStart(path: string, bytes: number): Uint8Array | null;
  /** Unordered; empty if the directory cannot be read. */
  listDirectory(path: string): readonly string[];
  isDirectory(path: string): boolean;
  /** Whether it is a regular file, so that reading does not block. */
  isFile(path: string): boolean;
  /** Follows symbolic links. */
  exists(path: string): boolean;
  /** Does not follow links: a dangling link is present. */
  isPresent(path: string): boolean;
  /** `unknown` if it cannot be determined, for example without search permission on a directory. */
  factsOf(path: string): FileFacts | 'absent' | 'unknown';
  /** Who besides root could change what is at an absolute path; null if nobody could or it cannot be determined. */
  untrustedDirectory(path: string): UntrustedDirectory | null;
  userByName(name: string): UserEntry | null;
  userById(uid: number): UserEntry | null;
  groupByName(name: string): GroupEntry | null;
  groupById(gid: number): GroupEntry | null;
}

/**
 * Caches user and group lookups, since thousands of programs name the same few. A database that cannot be queried is
 * a ConfigError.
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
    factsOf: (path) => host.factsOf(path),
    untrustedDirectory: (path) => host.untrustedDirectory(path),
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
