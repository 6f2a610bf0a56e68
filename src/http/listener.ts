// Opens the listening socket of a server section, with the original's behaviour and error messages.
import { fstatSync, utimesSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { InetServerConfig, ServerConfig, UnixServerConfig } from '../config/config.ts';
import { currentUid } from '../linux/credentials.ts';
import type { Directory } from '../linux/directory.ts';
import { SyscallError } from '../linux/errno.ts';
import { explainUntrusted } from '../linux/explain-untrusted.ts';
import { inDirectory } from '../linux/guarded-file.ts';
import { UntrustedPath } from '../linux/guarded-path.ts';
import { isIPv6 } from '../linux/ip-address.ts';
import { resolveIpv4 } from '../linux/ipv4-address.ts';
import { libc } from '../linux/libc.ts';
import { listenIpv6 } from '../linux/listen-ipv6.ts';
import { listenTcp, listenUnix } from '../linux/listening-socket.ts';
import { duplicate } from '../linux/pipe.ts';
import { isSystemError } from '../linux/system-error.ts';
import { isStaleSocket } from '../linux/unix-probe.ts';
import { userById } from '../linux/users.ts';

export interface Listener {
  /** Bound and listening; the server takes ownership. */
  readonly fd: number;
  /** Name for messages: address or path. */
  readonly name: string;
  /** Updates the socket file's timestamps: cleaners of temporary directories remove old files. */
  refresh(): void;
  /** Removes the socket file. */
  dispose(): void;
}

/** A server that cannot be opened; the message is the original's where there is one. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
}

/** Throws ListenError. Calls `onStale` before the socket file of a dead server is replaced. */
export function openListener(config: ServerConfig, onStale: (path: string) => void): Listener {
  return config.kind === 'unix' ? openUnix(config, onStale) : openInet(config);
}

/** Wraps a socket passed by systemd, which keeps the socket file: duplicates its descriptor. Throws ListenError. */
export function passedListener(fd: number, config: ServerConfig): Listener {
  const name = config.kind === 'unix' ? config.path : config.host || '0.0.0.0';
  try {
    return { fd: duplicate(fd), name, ...nothingInFileSystem };
  } catch (error) {
    throw listenError(error);
  }
}

const nothingInFileSystem = { refresh: () => {}, dispose: () => {} };

/** As in the original; the kernel caps it at net.core.somaxconn. */
const backlogSize = 1024;
/** EAI_NONAME of getaddrinfo(3). */
const nameUnknown = -2;

/** The original's message. */
export const alreadyListening =
  'Another program is already listening on a port that one of our HTTP servers is configured to use.  ' +
  'Shut this program down first before starting supervisord.';

function openInet({ host, port }: InetServerConfig): Listener {
  const address = host === '' ? '0.0.0.0' : host.replace(/^\[(.*)\]$/, '$1');
  try {
    return { fd: listenTo(address, port), name: address, ...nothingInFileSystem };
  } catch (error) {
    throw listenError(error);
  }
}

function listenTo(address: string, port: number): number {
  if (isIPv6(address)) return listenIpv6(address, port, backlogSize);
  if (resolveIpv4(address) === null) throw cannotOpen(String(nameUnknown));
  return listenTcp({ host: address, port }, backlogSize);
}

/**
 * Creates the socket completely (listening, mode, owner) under another name and then links it, so that no client sees
 * it incomplete and no live socket is replaced: bound under its final name it would refuse connections until it
 * listens, and a second daemon starting at that moment would take it for stale. The price is that the kernel lists it
 * under the other name (/proc/net/unix), so systemd-tmpfiles takes it for dead: hence `refresh`.
 */
function openUnix(config: UnixServerConfig, onStale: (path: string) => void): Listener {
  const path = resolve(config.path);
  const temporary = `${path}.${process.pid}`;
  try {
    const fd = listenUnix({ ...config, path: temporary }, backlogSize);
    try {
      const inode = inDirectory(dirname(path), ({ directory }) => {
        try {
          linkOverStale(directory, basename(temporary), path, onStale);
        } finally {
          directory.removeIfThere(basename(temporary));
        }
        return directory.statusOf(basename(path))?.ino;
      });
      return {
        fd,
        name: config.path,
        refresh: () => touchOwn(path, inode),
        dispose: () => unlinkOwn(path, inode),
      };
    } catch (error) {
      libc.close(fd);
      throw error;
    }
  } catch (error) {
    if (error instanceof UntrustedPath)
      throw new ListenError(`Cannot open an HTTP server: ${explainUntrusted(error)}`);
    if (isDenied(error)) throw chownError(config);
    throw listenError(error);
  }
}

function linkOverStale(
  directory: Directory,
  temporary: string,
  path: string,
  onStale: (path: string) => void,
): void {
  const name = basename(path);
  const found = directory.statusOf(name);
  if (found && !found.isSocket())
    throw new ListenError(`Cannot open an HTTP server: ${path} is not a socket`);
  if (found) {
    if (!isStaleSocket(path)) throw new ListenError(alreadyListening);
    onStale(path);
    directory.remove(name);
  }
  directory.link(temporary, name);
}

/** Best effort: if another daemon has replaced it or its time cannot be set, there is nothing to do. */
function touchOwn(path: string, inode: number | undefined): void {
  const now = new Date();
  try {
    inDirectory(dirname(path), ({ directory }) => {
      const fd = directory.hold(basename(path));
      if (fd === null) return;
      try {
        // Touch the inode that was checked, whatever has its name by now.
        if (fstatSync(fd).ino === inode) utimesSync(`/proc/self/fd/${fd}`, now, now);
      } finally {
        libc.close(fd);
      }
    });
  } catch (error) {
    if (!(isSystemError(error) || error instanceof UntrustedPath)) throw error;
  }
}

/**
 * Best effort, as in the original: another socket may have replaced it, and its directory may be gone or untrusted by now.
 * A file that stays is stale, and the next start replaces it; a failure would keep the daemon from a clean exit.
 */
function unlinkOwn(path: string, inode: number | undefined): void {
  try {
    inDirectory(dirname(path), ({ directory }) => {
      const name = basename(path);
      if (directory.statusOf(name)?.ino === inode) directory.removeIfThere(name);
    });
  } catch (error) {
    if (!isSystemError(error)) throw error;
  }
}

function isDenied(error: unknown): boolean {
  return error instanceof SyscallError && error.syscall === 'chown' && error.code === 'EPERM';
}

function chownError({ path, owner }: UnixServerConfig): ListenError {
  const uid = currentUid();
  return new ListenError(
    `Not permitted to chown ${path} to uid/gid (${owner.uid}, ${owner.gid}); adjust "sockchown" value in ` +
      'config file or on command line to values that the current user ' +
      `(${userById(uid)?.name ?? uid}) can successfully chown`,
  );
}

function listenError(error: unknown): unknown {
  if (!isSystemError(error) || error.errno === undefined) return error;
  if (error.code === 'EADDRINUSE' || error.code === 'EEXIST') return new ListenError(alreadyListening);
  if (error.code === 'ENAMETOOLONG') return cannotOpen('AF_UNIX path too long');
  return cannotOpen(`errno.${error.code} (${Math.abs(error.errno)})`);
}

function cannotOpen(reason: string): ListenError {
  return new ListenError(`Cannot open an HTTP server: socket.error reported ${reason}`);
}
