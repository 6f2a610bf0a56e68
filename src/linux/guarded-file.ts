// Opens files at untrusted paths. As root no symbolic link is followed that another user could have created, and only a
// regular file with a single link is opened, as a log or a pidfile is. When that is refused, the open is tried once
// more with the credentials of the user who owns the directory, who gains nothing by it; links that third users could
// have created are not followed then either.
import { fstatSync, readSync, type Stats, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { withFileRightsOf } from './credentials.ts';
import { Directory } from './directory.ts';
import { checked, E, SyscallError } from './errno.ts';
import { type ResolvedDirectory, resolveDirectory, resolveFile, UntrustedPath } from './guarded-path.ts';
import { cstring, libc, ptr } from './libc.ts';
import { O_CLOEXEC, O_NOCTTY, O_NONBLOCK, O_PATH, O_RDONLY } from './open-flags.ts';
import { openResolving, RESOLVE_NO_SYMLINKS } from './openat2.ts';
import { type UserEntry, userById } from './users.ts';

export interface FileRequest {
  readonly flags: number;
  /** Mode of a file that is created, masked by the umask of this thread. */
  readonly mode?: number;
  /** The uid that may own the file in an untrusted directory, besides root and the directory's owner. */
  readonly writer?: number | null;
}

/** Whether the process has privileges that another user must not borrow. */
export function isGuarding(): boolean {
  return libc.geteuid() === 0;
}

/** Opens the file at an absolute path. Throws SyscallError, or UntrustedPath when it must not be opened. */
export function openGuarded(path: string, request: FileRequest): number {
  const { flags, mode = 0 } = request;
  if (!isGuarding()) return checked(libc.open(ptr(cstring(path)), flags | O_CLOEXEC, mode), 'open', path);
  try {
    return openTrusting(null, path, request);
  } catch (error) {
    return asEditor(error, (user) => openTrusting(user, path, request));
  }
}

/**
 * Pins the file at an absolute path without opening it (O_PATH); a file behind a user's symbolic link only if that user
 * owns it. Throws SyscallError, UntrustedPath.
 */
export function holdTrusted(path: string): number {
  try {
    return openTrusting(null, path, { flags: O_PATH });
  } catch (error) {
    return asEditor(error, (user) => {
      const fd = openTrusting(user, path, { flags: O_PATH });
      if (fstatSync(fd).uid === user.uid) return fd;
      libc.close(fd);
      throw error;
    });
  }
}

/** Why openGuarded refused a path with EACCES; null when the path is trusted. */
export function refusalOf(path: string, writer: number | null): UntrustedPath | null {
  try {
    if (isGuarding()) libc.close(openTrusting(null, path, { flags: O_PATH, writer }));
    return null;
  } catch (error) {
    return error instanceof UntrustedPath ? error : null;
  }
}

/**
 * The status of the file that openGuarded would open; null when it would open none. Throws SyscallError when
 * descriptors run out.
 */
export function statusOfGuarded(path: string, writer: number | null): Stats | null {
  if (!isGuarding()) return statSync(path, { throwIfNoEntry: false }) ?? null;
  try {
    // Fast path: usually there is no symbolic link.
    const fd =
      openResolving(path, O_PATH, RESOLVE_NO_SYMLINKS) ?? openGuarded(path, { flags: O_PATH, writer });
    try {
      return fstatSync(fd);
    } finally {
      libc.close(fd);
    }
  } catch (error) {
    if (error instanceof SyscallError && (error.errno === E.EMFILE || error.errno === E.ENFILE)) throw error;
    return null;
  }
}

/** The start of a regular file, as much as `room` holds. Throws SyscallError, UntrustedPath. */
export function readGuarded(path: string, room: number): string {
  const fd = openGuarded(path, { flags: O_RDONLY | O_NONBLOCK | O_NOCTTY });
  try {
    if (!fstatSync(fd).isFile()) return '';
    const buffer = Buffer.alloc(room);
    return buffer.toString('utf8', 0, readSync(fd, buffer));
  } finally {
    libc.close(fd);
  }
}

/** Idempotent: a missing file is no failure. Throws SyscallError, UntrustedPath. */
export function removeGuarded(path: string): void {
  inDirectory(dirname(path), ({ directory }) => directory.removeIfThere(basename(path)));
}

/**
 * Calls `action` with the directory at an absolute path and the credentials to use it. Throws SyscallError,
 * UntrustedPath.
 */
export function inDirectory<T>(path: string, action: (resolved: ResolvedDirectory) => T): T {
  if (!isGuarding()) return closing({ directory: Directory.open(path), untrusted: null }, action);
  let resolved: ResolvedDirectory;
  try {
    resolved = resolveDirectory(path, null);
  } catch (error) {
    return asEditor(error, (user) => closing(resolveDirectory(path, user), action));
  }
  return closing(resolved, action);
}

/**
 * Opens a file in a directory. In an untrusted directory it must be a regular file with a single link, owned by root, the
 * owner of the directory or `writer`. Throws SyscallError, UntrustedPath.
 */
export function openIn(
  { directory, untrusted }: ResolvedDirectory,
  name: string,
  { flags, mode = 0, writer = null }: FileRequest,
): number {
  const fd = directory.openFile(name, flags, mode);
  const reason = untrusted === null ? null : objectionTo(fstatSync(fd), fstatSync(directory.fd).uid, writer);
  if (untrusted === null || reason === null) return fd;
  libc.close(fd);
  const path = directory.pathOf(name);
  throw new UntrustedPath(path, `${path} ${reason}`, untrusted);
}

/** `user`: trusted besides root, with whose credentials this thread runs; null as root. */
function openTrusting(user: UserEntry | null, path: string, request: FileRequest): number {
  const file = resolveFile(path, user);
  try {
    return file.byKernel
      ? file.directory.openFollowing(file.name, request.flags, request.mode)
      : openIn(file, file.name, request);
  } finally {
    file.directory.close();
  }
}

function closing<T>(resolved: ResolvedDirectory, action: (resolved: ResolvedDirectory) => T): T {
  try {
    return action(resolved);
  } finally {
    resolved.directory.close();
  }
}

/** When a user's directory is on the path, calls `action` with that user's file permissions; else throws `refusal`. */
function asEditor<T>(refusal: unknown, action: (user: UserEntry) => T): T {
  if (!(refusal instanceof UntrustedPath) || refusal.untrusted.editor.kind !== 'user') throw refusal;
  const user = userById(refusal.untrusted.editor.uid);
  if (user === null) throw refusal;
  try {
    return withFileRightsOf(user, () => action(user));
  } catch (error) {
    throw error instanceof Error && 'errno' in error ? refusal : error;
  }
}

/** Why a file in an untrusted directory must not be opened; null when it may. */
function objectionTo(status: Stats, ownerOfDirectory: number, writer: number | null): string | null {
  if (status.isSymbolicLink()) return 'is a symbolic link';
  if (!status.isFile()) return 'is no regular file';
  if (status.nlink !== 1) return `has ${status.nlink} names (hard links)`;
  const { uid } = status;
  const isExpected = uid === 0 || uid === ownerOfDirectory || uid === writer;
  return isExpected ? null : `belongs to user ${userById(uid)?.name ?? uid}`;
}
