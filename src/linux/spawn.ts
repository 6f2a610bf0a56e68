// One child process: posix_spawn(3) with directory and umask of its own, which are set on the calling thread just for
// the call. A child of another user takes another way; see docs/decisions/spawn.md.

import { CStringArray } from './c-string-array.ts';
import { currentUid } from './credentials.ts';
import { checked, E, errnoName } from './errno.ts';
import { cstring, errno, libc, ptr } from './libc.ts';
import { spawnAsUser } from './spawn-as-user.ts';
import { SpawnFailure, type SpawnRequest } from './spawn-request.ts';

export { SpawnFailure, type SpawnRequest };

const CLONE_FS = 0x200;
const POSIX_SPAWN_SETPGROUP = 0x02;
const POSIX_SPAWN_SETSIGDEF = 0x04;
const POSIX_SPAWN_SETSIGMASK = 0x08;
const O_PATH_DIRECTORY_CLOEXEC = 0o10000000 | 0o200000 | 0o2000000;

/** Opaque structures of <spawn.h> and <signal.h>, with room to spare over glibc's 80, 336 and 128 bytes. */
const fileActions = new Uint8Array(256);
const attributes = new Uint8Array(512);
const noSignals = new Uint8Array(128);
const allSignals = new Uint8Array(128);
const pidCell = new Int32Array(1);

/**
 * Makes umask and working directory this thread's own, so that setting them for a child does not touch
 * files that another thread creates meanwhile (unshare(2)). Where a sandbox forbids it, we go without.
 */
export function ownDirectoryAndUmask(): void {
  libc.unshare(CLONE_FS);
}

/** Starts the child in a process group of its own, all signals at their default and none blocked; its pid. */
export function spawn(request: SpawnRequest): number {
  const { user, directory, umask } = request;
  const uid = currentUid();
  if (user === null || user.uid === uid)
    return inDirectory(directory, () => withUmask(umask, () => posixSpawn(request)));
  if (uid !== 0) throw new SpawnFailure('setuid', "Can't drop privilege as nonroot user");
  return spawnAsUser(request, user);
}

function inDirectory(directory: string | null, action: () => number): number {
  if (directory === null) return action();
  const before = checked(libc.open(cstring('.'), O_PATH_DIRECTORY_CLOEXEC, 0), 'open', '.');
  try {
    if (libc.chdir(cstring(directory)) < 0) throw new SpawnFailure('chdir', errnoName(errno()));
    try {
      return action();
    } finally {
      libc.fchdir(before);
    }
  } finally {
    libc.close(before);
  }
}

function withUmask(mask: number | null, action: () => number): number {
  if (mask === null) return action();
  const before = libc.umask(mask);
  try {
    return action();
  } finally {
    libc.umask(before);
  }
}

function posixSpawn(request: SpawnRequest): number {
  const argv = new CStringArray(request.argv);
  const environment = new CStringArray(request.environment);
  libc.posix_spawn_file_actions_init(ptr(fileActions));
  libc.posix_spawnattr_init(ptr(attributes));
  try {
    request.stdio.forEach((fd, target) => {
      libc.posix_spawn_file_actions_adddup2(ptr(fileActions), fd, target);
    });
    resetSignalsAndGroup();
    const path = cstring(request.path);
    const failure = libc.posix_spawn(
      ptr(pidCell),
      ptr(path),
      ptr(fileActions),
      ptr(attributes),
      ptr(argv.pointers),
      ptr(environment.pointers),
    );
    if (failure !== 0) throw spawnFailure(failure);
    return pidCell[0] ?? 0;
  } finally {
    libc.posix_spawn_file_actions_destroy(ptr(fileActions));
    libc.posix_spawnattr_destroy(ptr(attributes));
  }
}

function resetSignalsAndGroup(): void {
  libc.sigemptyset(ptr(noSignals));
  libc.sigfillset(ptr(allSignals));
  libc.posix_spawnattr_setsigmask(ptr(attributes), ptr(noSignals));
  libc.posix_spawnattr_setsigdefault(ptr(attributes), ptr(allSignals));
  libc.posix_spawnattr_setpgroup(ptr(attributes), 0);
  libc.posix_spawnattr_setflags(
    ptr(attributes),
    POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK,
  );
}

function spawnFailure(number: number): SpawnFailure {
  const stage = number === E.EAGAIN || number === E.ENOMEM ? 'fork' : 'exec';
  return new SpawnFailure(stage, errnoName(number));
}
