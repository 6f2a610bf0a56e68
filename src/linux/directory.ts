// A directory that is open: names in it are opened, renamed and removed by its descriptor, so that what is done stays in
// this directory whatever becomes of its path. Nothing here decides whom to trust.
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
    /** Where it was found, without symbolic links. */
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

  /** Takes over `fd`. */
  static of(fd: number, path: string): Directory {
    return new Directory(fd, path);
  }

  close(): void {
    libc.close(this.fd);
  }

  /** The path of a name in it. */
  pathOf(name: string): string {
    return this.path === '/' ? `/${name}` : `${this.path}/${name}`;
  }

  /** Never follows a symbolic link: that is ELOOP, or with O_PATH the link itself. Throws SyscallError. */
  openFile(name: string, flags: number, mode = 0): number {
    const fd = libc.openat(this.fd, ptr(cstring(name)), flags | O_CLOEXEC | O_NOFOLLOW, mode);
    return checked(fd, 'open', this.pathOf(name));
  }

  /** As openFile, but the kernel follows what `name` leads to. */
  openFollowing(name: string, flags: number, mode = 0): number {
    return checked(
      libc.openat(this.fd, ptr(cstring(name)), flags | O_CLOEXEC, mode),
      'open',
      this.pathOf(name),
    );
  }

  /** Of the name itself, also where it is a symbolic link; null when there is none. Throws SyscallError. */
  statusOf(name: string): Stats | null {
    const fd = this.hold(name);
    if (fd === null) return null;
    try {
      return fstatSync(fd);
    } finally {
      libc.close(fd);
    }
  }

  /** A descriptor that keeps the file in being, whatever becomes of its names; null when there is none. Throws SyscallError. */
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

  /** One more name for the same file. Throws SyscallError. */
  link(from: string, to: string): void {
    const failed = libc.linkat(this.fd, ptr(cstring(from)), this.fd, ptr(cstring(to)), 0);
    checked(failed, 'link', this.pathOf(to));
  }

  /** Throws SyscallError. */
  remove(name: string): void {
    checked(libc.unlinkat(this.fd, ptr(cstring(name)), 0), 'unlink', this.pathOf(name));
  }

  /** Missing is fine. Throws SyscallError. */
  removeIfThere(name: string): void {
    const failed = libc.unlinkat(this.fd, ptr(cstring(name)), 0) < 0 ? errno() : 0;
    if (failed !== 0 && failed !== E.ENOENT) throw new SyscallError('unlink', failed, this.pathOf(name));
  }
}

/** Where the symbolic link that `fd` holds leads to. Throws SyscallError. */
export function targetOfLink(fd: number, path: string): string {
  const buffer = Buffer.alloc(maxPathBytes);
  const length = Number(libc.readlinkat(fd, ptr(cstring('')), ptr(buffer), BigInt(buffer.length)));
  return buffer.toString('utf8', 0, checked(length, 'readlink', path));
}
