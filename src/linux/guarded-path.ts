// Resolves a path component by component and finds who, besides root, could redirect it. A directory is trusted when
// root owns it and only root may write to it; a path is trusted as far as its directories are. Symbolic links are
// followed in trusted directories, because root created them, but not below the first untrusted directory. With the
// credentials of one user, that user is trusted like root.
import { fstatSync, type Stats } from 'node:fs';
import { resolve } from 'node:path';
import { Directory, targetOfLink } from './directory.ts';
import { E, SyscallError } from './errno.ts';
import { cstring, libc, ptr } from './libc.ts';
import { groupById, type UserEntry } from './users.ts';

/** Who, besides the trusted users, can change the entries of a directory. */
export type Editor =
  | { readonly kind: 'user'; readonly uid: number }
  | { readonly kind: 'group'; readonly gid: number }
  | { readonly kind: 'everyone' };

/**
 * The first directory of a path that is untrusted: someone besides root and the user whose credentials are used can
 * change it.
 */
export interface UntrustedDirectory {
  readonly path: string;
  readonly editor: Editor;
  /** Sticky: only the owner of an entry can rename or remove it. */
  readonly sticky: boolean;
}

/** The resolved directory. The caller closes it. */
export interface ResolvedDirectory {
  readonly directory: Directory;
  /** Null when only the trusted users can change it. */
  readonly untrusted: UntrustedDirectory | null;
}

export interface ResolvedFile extends ResolvedDirectory {
  /** The last component: not a symbolic link that still has to be followed, unless `byKernel`. */
  readonly name: string;
  /** A magic link of /proc/PID/fd, whose text is not its target. */
  readonly byKernel: boolean;
}

/** An untrusted path leads to a file that root must not touch. */
export class UntrustedPath extends SyscallError {
  constructor(
    path: string,
    readonly reason: string,
    readonly untrusted: UntrustedDirectory,
  ) {
    super('open', E.EACCES, path);
  }
}

/** The directory at an absolute path; `user`: trusted besides root. Throws SyscallError, UntrustedPath. */
export function resolveDirectory(path: string, user: UserEntry | null): ResolvedDirectory {
  return new PathWalk(path, user).toDirectory();
}

/** The directory and name of the file at an absolute path, whether or not it exists. Throws like resolveDirectory. */
export function resolveFile(path: string, user: UserEntry | null): ResolvedFile {
  return new PathWalk(path, user).toFile();
}

/**
 * Who, besides root, could change what is at an absolute path; null when no one can, or when it cannot be determined.
 */
export function untrustedDirectory(path: string): UntrustedDirectory | null {
  try {
    const { directory, untrusted } = resolveFile(path, null);
    directory.close();
    return untrusted;
  } catch (error) {
    return error instanceof UntrustedPath ? error.untrusted : null;
  }
}

/** The kernel's limit (path_resolution(7)). */
const maxLinks = 40;
/** Written by the system's log daemon: on some systems its group may create files there (Ubuntu: root:syslog 0775). */
const systemLogs = '/var/log';
const groupOfSystemLogs = 'syslog';
const writableByGroup = 0o020;
const writableByOthers = 0o002;
const stickyBit = 0o1000;

class PathWalk {
  #current: ResolvedDirectory;
  /** A stack: the next component is last. */
  readonly #components: string[] = [];
  #linksLeft = maxLinks;

  constructor(
    private readonly path: string,
    private readonly user: UserEntry | null,
  ) {
    this.#current = atRoot(user);
    this.#goOnWith(path);
  }

  toDirectory(): ResolvedDirectory {
    return this.#orClosed(() => {
      for (let name = this.#components.pop(); name !== undefined; name = this.#components.pop()) {
        this.#take(name);
      }
      return this.#current;
    });
  }

  toFile(): ResolvedFile {
    return this.#orClosed(() => {
      for (;;) {
        const name = this.#components.pop() ?? '.';
        if (this.#components.length > 0) this.#take(name);
        else if (this.#isLinkOfKernel(name)) return { ...this.#current, name, byKernel: true };
        else if (!this.#followed(name)) return { ...this.#current, name, byKernel: false };
      }
    });
  }

  /** Descends into a directory, or continues with the target of a symbolic link. */
  #take(name: string): void {
    const { directory, untrusted } = this.#current;
    const found = directory.hold(name);
    if (found === null) throw new SyscallError('open', E.ENOENT, this.path);
    const status = fstatSync(found);
    if (status.isSymbolicLink()) return this.#follow(name, found);
    const inside = Directory.of(found, resolve(directory.path, name));
    if (!status.isDirectory()) {
      inside.close();
      throw new SyscallError('open', E.ENOTDIR, this.path);
    }
    // In a sticky directory only the owner of a directory can rename it.
    const isTrusted = untrusted === null || (untrusted.sticky && untrusted.path === directory.path);
    directory.close();
    this.#current = {
      directory: inside,
      untrusted: isTrusted ? editableBy(inside, status, this.user) : untrusted,
    };
  }

  /** True when it was a symbolic link, whose target is resolved next. */
  #followed(name: string): boolean {
    const found = this.#current.directory.hold(name);
    if (found === null) return false;
    if (fstatSync(found).isSymbolicLink()) {
      this.#follow(name, found);
      return true;
    }
    libc.close(found);
    return false;
  }

  /** Closes `link`. */
  #follow(name: string, link: number): void {
    const { directory, untrusted } = this.#current;
    try {
      if (untrusted !== null) {
        throw new UntrustedPath(this.path, `${directory.pathOf(name)} is a symbolic link`, untrusted);
      }
      if (this.#linksLeft === 0) throw new SyscallError('open', E.ELOOP, this.path);
      this.#linksLeft -= 1;
      this.#goOnWith(targetOfLink(link, this.path));
    } finally {
      libc.close(link);
    }
  }

  #goOnWith(path: string): void {
    for (const name of path.split('/').reverse()) {
      if (name !== '' && name !== '.') this.#components.push(name);
    }
    if (!path.startsWith('/')) return;
    this.#current.directory.close();
    this.#current = atRoot(this.user);
  }

  /** A magic link: its text is not its target. */
  #isLinkOfKernel(name: string): boolean {
    const { directory, untrusted } = this.#current;
    const isOfKernel = untrusted === null && this.user === null && /^\/proc\/\d+\/fd$/.test(directory.path);
    return isOfKernel && directory.has(name);
  }

  #orClosed<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      this.#current.directory.close();
      throw error;
    }
  }
}

function atRoot(user: UserEntry | null): ResolvedDirectory {
  const directory = Directory.open('/');
  return { directory, untrusted: editableBy(directory, fstatSync(directory.fd), user) };
}

function editableBy(
  directory: Directory,
  { uid, gid, mode }: Stats,
  user: UserEntry | null,
): UntrustedDirectory | null {
  const { path } = directory;
  if (uid !== 0 && uid !== user?.uid) return { path, editor: { kind: 'user', uid }, sticky: false };
  // In a sticky directory the directory's owner can replace every entry, too.
  const sticky = uid === 0 && (mode & stickyBit) !== 0;
  if (mode & writableByOthers) return { path, editor: { kind: 'everyone' }, sticky };
  if (!(mode & writableByGroup)) return null;
  // With an access control list the group bits are the mask: the most it grants to anyone (acl(5)).
  if (isOfTrusted(gid, path, user) && !hasAccessList(directory)) return null;
  return { path, editor: { kind: 'group', gid }, sticky };
}

function isOfTrusted(gid: number, path: string, user: UserEntry | null): boolean {
  if (gid === 0) return true;
  if (path === systemLogs) return groupById(gid)?.name === groupOfSystemLogs;
  // A user private group, as useradd(8) creates one per user.
  return gid === user?.gid && groupById(gid)?.name === user.name;
}

function hasAccessList({ fd }: Directory): boolean {
  const name = cstring('system.posix_acl_access');
  return Number(libc.getxattr(ptr(cstring(`/proc/self/fd/${fd}`)), ptr(name), null, 0n)) > 0;
}
