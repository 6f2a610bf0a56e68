// A directory of this process alone, locked while the process lives (flock(2)): cleaners of temporary files such as
// systemd-tmpfiles leave a locked directory alone.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { checked } from './errno.ts';
import { cstring, libc, ptr } from './libc.ts';
import { O_CLOEXEC, O_DIRECTORY, O_NOFOLLOW, O_RDONLY } from './open-flags.ts';

export class LockedDirectory {
  private constructor(
    readonly path: string,
    private readonly fd: number,
  ) {}

  /** Creates a directory in `parent`, with a random end of its name. Throws the error of the system. */
  static create(parent: string, prefix: string, mode: number): LockedDirectory {
    const path = mkdtempSync(join(parent, prefix));
    chmodSync(path, mode);
    const flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    const fd = checked(libc.open(ptr(cstring(path)), flags, 0), 'open', path);
    // Best effort: some file systems have no locks.
    libc.flock(fd, LOCK_EX | LOCK_NB);
    return new LockedDirectory(path, fd);
  }

  /** Removes it with its files. */
  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
    libc.close(this.fd);
  }
}

const LOCK_EX = 2;
const LOCK_NB = 4;
