// An open directory: opens, renames and removes names relative to its descriptor (openat(2)), so that operations stay
// in this directory even when its path changes. Does not decide what is trusted.
import { fstatSync, type Stats } from 'node:fs';
import { checked, E, SyscallError } from './errno.ts';
import { cstring, errno, libc, ptr } from './libc.ts';
import { O_CLOEXEC, O_DIRECTORY, O_NOFOLLOW, O_PATH } from './open-flags.ts';

const AT_FDCWD = -100;
const AT_SYMLINK_NOFOLLOW = 0x100;
const F_OK = 0;
/** PATH_MAX (limits.h). */
const maxPathBytes = 4096;

export class Directory {
  private constructor(
    readonly fd: number,
    /** Its path when it was opened, without symbolic links. */
    readonly path: string,
  ) {}

  /** Follows symbolic links. Throws SyscallError. */
  static open(path: string): Directory {
    const fd = checked(
      libc.openat(AT_FDCWD, ptr(cstring(path)), O_PATH | O_CLOEXEC | O_DIRECTORY, 0),
      'open',
      path,
    );
    return new Directory(fd, path);
  }

  /** Owns `fd` from then on. */
  static of(fd: number, path: string): Directory {
    return new Directory(fd, path);
  }

  close(): void {
    libc.close(this.fd);
  }

  /** The path of a name in this directory. */
  pathOf(name: string): string {
    return this.path === '/' ? `/${name}` : `${this.path}/${name}`;
  }

  /** Never follows a symbolic link: fails with ELOOP or, with O_PATH, opens the link itself. Throws SyscallError. */
  openFile(name: string, flags: number, mode = 0): number {
    const fd = libc.openat(this.fd, ptr(cstring(name)), flags | O_CLOEXEC | O_NOFOLLOW, mode);
    return checked(fd, 'open', this.pathOf(name));
  }

  /** Like openFile, but the kernel follows a symbolic link. */
  openFollowing(name: string, flags: number, mode = 0): number {
    return checked(
      libc.openat(this.fd, ptr(cstring(name)), flags | O_CLOEXEC, mode),
      'open',
      this.pathOf(name),
    );
  }

  /** Of the name itself (lstat(2)); null when it does not exist. Throws SyscallError. */
  statusOf(name: string): Stats | null {
    const fd = this.hold(name);
    if (fd === null) return null;
    try {
      return fstatSync(fd);
    } finally {
      libc.close(fd);
    }
  }

  /**
   * An O_PATH descriptor that pins the file even when its name changes; null when it does not exist. Throws
   * SyscallError.
   */
  hold(name: string): number | null {
    const fd = libc.openat(this.fd, ptr(cstring(name)), O_PATH | O_CLOEXEC | O_NOFOLLOW, 0);
    return fd < 0 && errno() === E.ENOENT ? null : checked(fd, 'open', this.pathOf(name));
  }

  has(name: string): boolean {
    return libc.faccessat(this.fd, ptr(cstring(name)), F_OK, AT_SYMLINK_NOFOLLOW) === 0;
  }

  /** Throws SyscallError. */
  rename(from: string, to: string): void {
    const failed = libc.renameat(this.fd, ptr(cstring(from)), this.fd, ptr(cstring(to)));
    checked(failed, 'rename', this.pathOf(from));
  }

  /** Creates a hard link. Throws SyscallError. */
  link(from: string, to: string): void {
    const failed = libc.linkat(this.fd, ptr(cstring(from)), this.fd, ptr(cstring(to)), 0);
    checked(failed, 'link', this.pathOf(to));
  }

  /** Throws SyscallError. */
  remove(name: string): void {
    checked(libc.unlinkat(this.fd, ptr(cstring(name)), 0), 'unlink', this.pathOf(name));
  }

  /** Idempotent: a missing file is no failure. Throws SyscallError. */
  removeIfThere(name: string): void {
    const failed = libc.unlinkat(this.fd, ptr(cstring(name)), 0) < 0 ? errno() : 0;
    if (failed !== 0 && failed !== E.ENOENT) throw new SyscallError('unlink', failed, this.pathOf(name));
  }
}

/** The target of the symbolic link open as `fd`. Throws SyscallError. */
export function targetOfLink(fd: number, path: string): string {
  const buffer = Buffer.alloc(maxPathBytes);
  const length = Number(libc.readlinkat(fd, ptr(cstring('')), ptr(buffer), BigInt(buffer.length)));
  return buffer.toString('utf8', 0, checked(length, 'readlink', path));
}
