// Whose rights the process, or for a moment this thread alone, has.
import { checked, E, SyscallError } from './errno.ts';
import { libc, ptr } from './libc.ts';

/** A user of the machine, with every group that a login would give. */
export interface UserIdentity {
  readonly uid: number;
  readonly gid: number;
  /** All groups, the primary one first. */
  readonly groups: readonly number[];
  readonly name: string;
}

/** Numbers of the calls that glibc would carry out on every thread; per architecture (asm/unistd.h). */
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
 * Calls `action` with the user's uid, gid and all groups, on this thread alone, and comes back to root's (credentials(7)).
 * Not for daily use in the daemon: meanwhile every process of that user may kill and stop us (kill(2)).
 * Must be called as root. Throws SyscallError when the kernel refuses; aborts the process when it cannot
 * come back, since a manager with half its rights must not go on.
 */
export function asUser<T>(user: UserIdentity, action: () => T): T {
  const before = {
    groups: ownGroups(),
    gid: libc.getgid(),
    dumpable: libc.prctl(PR_GET_DUMPABLE, 0n, 0n, 0n, 0n),
  };
  // Without the right to do this nothing has changed, and there is nothing to come back from.
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
    // The kernel marks a process that changed its uid as undumpable, which would hide it from debuggers.
    libc.prctl(PR_SET_DUMPABLE, BigInt(before.dumpable), 0n, 0n, 0n);
  }
}

/**
 * Calls `action` with the user's rights to files, and no more than those, on this thread alone (setfsuid(2)). Unlike in
 * asUser, processes of that user can do nothing to us meanwhile. `action` must not begin anything that goes on after it.
 * Must be called as root. Throws SyscallError when the kernel refuses; aborts the process when it cannot come back.
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

/** Gives up root for the whole process, for good: groups, gid, uid, in that order. Throws SyscallError. */
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

// glibc's own setgroups, setresuid and setresgid change every thread; the raw system calls change ours alone.

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

/** setfsuid(2) and setfsgid(2) answer with the id before, whether they did it or not: an id that cannot be asks for it. */
function threadSetfs(call: number, id: number, name: string): void {
  const noId = 0xffffffffn;
  libc.syscall(call, BigInt(id), 0n, 0n, 0n);
  const now = Number(libc.syscall(call, noId, 0n, 0n, 0n));
  if (now !== id) throw new SyscallError(name, E.EPERM, String(id));
}
