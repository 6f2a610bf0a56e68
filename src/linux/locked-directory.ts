// A directory of this process alone, locked while the process lives (flock(2)): cleaners of temporary files such as
// systemd-tmpfiles leave a locked directory alone.
import { fchmodSync, fstatSync, mkdtempSync, rmSync } from 'node:fs';
import { readdir, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { currentUid } from './credentials.ts';
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
    const fd = checked(open(path), 'open', path);
    // Best effort: some file systems have no locks.
    libc.flock(fd, LOCK_EX | LOCK_NB);
    // Last: with this mode and without a lock it is abandoned.
    fchmodSync(fd, mode);
    return new LockedDirectory(path, fd);
  }

  /**
   * Removes the directories that `create` has made there for processes of this user which were killed: they are not locked
   * any more. One that contains anything but sockets is left alone. Best effort. Other users must not be able to replace entries of `parent`.
   */
  static async removeAbandoned(parent: string, prefix: string, mode: number): Promise<void> {
    const names = await readdir(parent).catch(() => []);
    for (const name of names) {
      if (name.startsWith(prefix) && randomEnd.test(name.slice(prefix.length)))
        await removeIfAbandoned(join(parent, name), mode);
    }
  }

  /** Removes it with its files. */
  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
    libc.close(this.fd);
  }
}

/** Of mkdtemp(3). */
const randomEnd = /^[A-Za-z0-9]{6}$/;

async function removeIfAbandoned(path: string, mode: number): Promise<void> {
  const fd = open(path);
  if (fd < 0) return;
  try {
    const found = fstatSync(fd);
    const isOurs = found.uid === currentUid() && (found.mode & 0o7777) === mode;
    if (isOurs && libc.flock(fd, LOCK_EX | LOCK_NB) === 0) await removeWithSockets(path);
  } catch {
    // It stays.
  } finally {
    libc.close(fd);
  }
}

/** Throws the error of the system. */
async function removeWithSockets(path: string): Promise<void> {
  const entries = await readdir(path, { withFileTypes: true });
  if (!entries.every((entry) => entry.isSocket())) return;
  for (const { name } of entries) await unlink(join(path, name));
  await rmdir(path);
}

/** A descriptor, or -1. */
function open(path: string): number {
  return libc.open(ptr(cstring(path)), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
}

const LOCK_EX = 2;
const LOCK_NB = 4;
