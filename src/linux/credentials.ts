// Credentials of the process or, briefly, of this thread alone.
import { checked, E, SyscallError } from './errno.ts';
import { libc, ptr } from './libc.ts';

/** A user of the machine, with every group that a login would have. */
export interface UserIdentity {
  readonly uid: number;
  readonly gid: number;
  /** All groups, the primary one first. */
  readonly groups: readonly number[];
  readonly name: string;
}

/** System calls that glibc's wrappers would perform on every thread; numbers per architecture (asm/unistd.h). */
const syscallNumbers = {
  x64: { setgroups: 116, setresuid: 117, setresgid: 119, setfsuid: 122, setfsgid: 123 },
  arm64: { setgroups: 159, setresuid: 147, setresgid: 149, setfsuid: 151, setfsgid: 152 },
};
const sys = process.arch === 'arm64' ? syscallNumbers.arm64 : syscallNumbers.x64;

const PR_GET_DUMPABLE = 3;
const PR_SET_DUMPABLE = 4;

export function currentUid(): number {
  return libc.getuid();
}

/**
 * Calls `action` with the user's uid, gid and all groups, on this thread alone, then restores root's (credentials(7)).
 * Not while the daemon runs programs: meanwhile every process of that user may signal the daemon (kill(2)).
 * Call it as root. Throws SyscallError when the kernel refuses; aborts the process when root cannot be restored, because
 * a supervisor with partial credentials must not continue.
 */
export function asUser<T>(user: UserIdentity, action: () => T): T {
  const before = {
    groups: ownGroups(),
    gid: libc.getgid(),
    dumpable: libc.prctl(PR_GET_DUMPABLE, 0n, 0n, 0n, 0n),
  };
  // When this fails nothing has changed, so there is nothing to restore.
  threadSetgroups(user.groups);
  try {
    threadSetresgid(user.gid, user.gid, before.gid);
    threadSetresuid(user.uid, user.uid, 0);
    return action();
  } finally {
    try {
      threadSetresuid(0, 0, 0);
      threadSetresgid(before.gid, before.gid, before.gid);
      threadSetgroups(before.groups);
    } catch {
      process.abort();
    }
    // The kernel makes a process that changed its uid undumpable, which would hide it from debuggers (prctl(2)).
    libc.prctl(PR_SET_DUMPABLE, BigInt(before.dumpable), 0n, 0n, 0n);
  }
}

/**
 * Calls `action` with the user's file permissions only, on this thread alone (setfsuid(2)). Unlike with `asUser`, the
 * user's processes cannot signal the daemon meanwhile. `action` must be synchronous.
 * Call it as root. Throws SyscallError when the kernel refuses; aborts the process when root cannot be restored.
 */
export function withFileRightsOf<T>(user: UserIdentity, action: () => T): T {
  const before = {
    groups: ownGroups(),
    gid: libc.getegid(),
    dumpable: libc.prctl(PR_GET_DUMPABLE, 0n, 0n, 0n, 0n),
  };
  // As above.
  threadSetgroups(user.groups);
  try {
    threadSetfs(sys.setfsgid, user.gid, 'setfsgid');
    threadSetfs(sys.setfsuid, user.uid, 'setfsuid');
    return action();
  } finally {
    try {
      threadSetfs(sys.setfsuid, 0, 'setfsuid');
      threadSetfs(sys.setfsgid, before.gid, 'setfsgid');
      threadSetgroups(before.groups);
    } catch {
      process.abort();
    }
    libc.prctl(PR_SET_DUMPABLE, BigInt(before.dumpable), 0n, 0n, 0n);
  }
}

/** Drops root for the whole process, permanently: groups, gid, uid, in that order. Throws SyscallError. */
export function becomeUser(user: UserIdentity): void {
  const groups = Uint32Array.from(user.groups);
  checked(libc.setgroups(BigInt(groups.length), ptr(groups)), 'setgroups');
  checked(libc.setgid(user.gid), 'setgid', String(user.gid));
  checked(libc.setuid(user.uid), 'setuid', String(user.uid));
}

function ownGroups(): number[] {
  const count = checked(libc.getgroups(0, null), 'getgroups');
  const list = new Uint32Array(Math.max(1, count));
  return [...list.subarray(0, checked(libc.getgroups(count, ptr(list)), 'getgroups'))];
}

// glibc's own setgroups, setresuid and setresgid change every thread; the raw system calls change the calling thread
// alone.

function threadSetgroups(groups: readonly number[]): void {
  const list = Uint32Array.from(groups.length > 0 ? groups : [0]);
  const result = libc.syscall(sys.setgroups, BigInt(groups.length), BigInt(ptr(list)), 0n, 0n);
  checked(Number(result), 'setgroups');
}

function threadSetresgid(real: number, effective: number, saved: number): void {
  checked(
    Number(libc.syscall(sys.setresgid, BigInt(real), BigInt(effective), BigInt(saved), 0n)),
    'setresgid',
  );
}

function threadSetresuid(real: number, effective: number, saved: number): void {
  checked(
    Number(libc.syscall(sys.setresuid, BigInt(real), BigInt(effective), BigInt(saved), 0n)),
    'setresuid',
  );
}

/** setfsuid(2) and setfsgid(2) return the previous id even on failure; an invalid id only queries it. */
function threadSetfs(call: number, id: number, name: string): void {
  const noId = 0xffffffffn;
  libc.syscall(call, BigInt(id), 0n, 0n, 0n);
  const now = Number(libc.syscall(call, noId, 0n, 0n, 0n));
  if (now !== id) throw new SyscallError(name, E.EPERM, String(id));
}
