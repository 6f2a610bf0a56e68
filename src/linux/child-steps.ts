// The system calls of a child until execve(2), in order, and what each failure means.

import type { SystemCall } from './call-list.ts';
import type { UserIdentity } from './credentials.ts';
import { RLIMIT_NOFILE } from './limits.ts';
import type { ProgramLimits } from './program-limits.ts';
import { type SpawnArena, zeros } from './spawn-arena.ts';
import type { ExtraDescriptor, SpawnRequest, SpawnStage } from './spawn-request.ts';
import { hasControllingTerminal } from './terminal.ts';

export interface Step extends SystemCall {
  readonly stage: SpawnStage;
  /** The reason reported when it fails; by default the name of the errno. */
  readonly refusal?: string;
}

/**
 * `first` runs with the daemon's credentials and descriptors. Drops root for `user`, unless null, before the directory is
 * entered.
 */
export function stepsOf(
  request: SpawnRequest,
  user: UserIdentity | null,
  first: readonly Step[],
  memory: SpawnArena,
): Step[] {
  return [
    ...signalsAtDefault(),
    ...first,
    leadingGroup(),
    ...request.stdio.map((fd, target): Step => ({ stage: 'fork', number: sys.dup3, args: [fd, target, 0] })),
    ...(request.extra === null ? [] : [placing(request.extra)]),
    ...limitingDescriptors(request.limits, memory),
    ...(user === null ? [] : becoming(user, memory)),
    ...inDirectory(request.directory, memory),
    ...(request.umask === null ? [] : [{ stage: 'fork', number: sys.umask, args: [request.umask] } as const]),
    noSignalBlocked(),
    executing(request, memory),
  ];
}

/**
 * Makes the child a process group leader; with a controlling terminal a session leader, because it could otherwise push
 * commands into that terminal for the shell that started the daemon (TIOCSTI). Without one it stays in the session: the
 * scheduler groups by session (sched(7), autogroup), and nice(1) would have no effect between programs.
 */
function leadingGroup(): Step {
  if (hasControllingTerminal()) return { stage: 'fork', number: sys.setsid, args: [] };
  return { stage: 'fork', number: sys.setpgid, args: [0, 0] };
}

/**
 * Moves the child, and so its descendants, into the cgroup, unless null. Needs the daemon's credentials and
 * descriptors.
 */
export function entering(cgroup: number | null, memory: SpawnArena): readonly Step[] {
  if (cgroup === null) return [];
  return [{ stage: 'cgroup', number: sys.write, args: [cgroup, memory.store(self), self.length] }];
}

/** The writer itself, in cgroup.procs. */
const self = Buffer.from('0');

/** Unshares the descriptor table and closes all but `kept`, in ascending order, and those below 3 (close_range(2)). */
export function keepingOnly(kept: readonly number[]): readonly Step[] {
  const starts = [FIRST_DESCRIPTOR, ...kept.map((fd) => fd + 1)];
  const gaps = starts.map((start, index) => [start, (kept[index] ?? LAST_DESCRIPTOR + 1) - 1] as const);
  // The highest range first: with CLOSE_RANGE_UNSHARE the kernel does not even copy it.
  return gaps
    .filter(([start, end]) => start <= end)
    .toReversed()
    .map(([start, end], index) => ({
      stage: 'fork',
      number: sys.close_range,
      args: [start, end, index === 0 ? CLOSE_RANGE_UNSHARE : 0],
    }));
}

const FIRST_DESCRIPTOR = 3;
const LAST_DESCRIPTOR = 0xffffffff;
const CLOSE_RANGE_UNSHARE = 2;

/** By architecture (asm/unistd.h). */
const numbers = {
  x64: {
    write: 1,
    close: 3,
    rt_sigaction: 13,
    rt_sigprocmask: 14,
    execve: 59,
    fcntl: 72,
    chdir: 80,
    umask: 95,
    setpgid: 109,
    setsid: 112,
    setgroups: 116,
    setresuid: 117,
    setresgid: 119,
    openat: 257,
    dup3: 292,
    prlimit64: 302,
    close_range: 436,
  },
  arm64: {
    write: 64,
    close: 57,
    rt_sigaction: 134,
    rt_sigprocmask: 135,
    execve: 221,
    fcntl: 25,
    chdir: 49,
    umask: 166,
    setpgid: 154,
    setsid: 157,
    setgroups: 159,
    setresuid: 147,
    setresgid: 149,
    openat: 56,
    dup3: 24,
    prlimit64: 261,
    close_range: 436,
  },
};
const sys = process.arch === 'arm64' ? numbers.arm64 : numbers.x64;

/** Fails with EBADF when the daemon's limit of open files is below the number. */
function placing({ fd, target }: ExtraDescriptor): Step {
  const refusal = `descriptor ${target} is beyond the limit of open files`;
  // dup3(2) refuses two equal numbers.
  if (fd === target) return { stage: 'fork', number: sys.fcntl, args: [fd, F_SETFD, 0] };
  return { stage: 'fork', number: sys.dup3, args: [fd, target, 0], refusal };
}

const F_SETFD = 2;

function limitingDescriptors(limits: ProgramLimits | null, memory: SpawnArena): Step[] {
  if (limits === null) return [];
  const { soft, hard } = limits.descriptors;
  const limit = new Uint32Array(BigUint64Array.of(soft, hard).buffer);
  return [{ stage: 'fork', number: sys.prlimit64, args: [0, RLIMIT_NOFILE, memory.store(limit), 0] }];
}

function becoming({ uid, gid, groups }: UserIdentity, memory: SpawnArena): Step[] {
  return [
    {
      stage: 'setuid',
      number: sys.setgroups,
      args: [groups.length, memory.store(Uint32Array.from(groups))],
      refusal: 'Could not set groups of effective user',
    },
    {
      stage: 'setuid',
      number: sys.setresgid,
      args: [gid, gid, gid],
      refusal: 'Could not set group id of effective user',
    },
    {
      stage: 'setuid',
      number: sys.setresuid,
      args: [uid, uid, uid],
      refusal: 'Could not set user id of effective user',
    },
  ];
}

function inDirectory(directory: string | null, memory: SpawnArena): Step[] {
  if (directory === null) return [];
  return [{ stage: 'chdir', number: sys.chdir, args: [memory.storeString(directory)] }];
}

function executing({ path, argv, environment }: SpawnRequest, memory: SpawnArena): Step {
  const args = [memory.storeString(path), memory.storeStrings(argv), memory.storeStrings(environment)];
  return { stage: 'exec', number: sys.execve, args };
}

/** They can be neither caught nor ignored. */
const [SIGKILL, SIGSTOP] = [9, 19];
const SIGNALS = 64;
const changeable = Array.from({ length: SIGNALS }, (_, index) => index + 1).filter(
  (signal) => signal !== SIGKILL && signal !== SIGSTOP,
);
const SIG_SETMASK = 2;
const SIGSET_BYTES = 8;

/** All zeros is the kernel's `struct sigaction` with SIG_DFL. */
function signalsAtDefault(): readonly Step[] {
  atDefault ??= changeable.map((signal) => ({
    stage: 'fork',
    number: sys.rt_sigaction,
    args: [signal, zeros(), 0, SIGSET_BYTES],
  }));
  return atDefault;
}

/** The same objects, and first, for every child: CallList does not write equal entries again. */
let atDefault: readonly Step[] | null = null;

/** All zeros is an empty signal set. */
function noSignalBlocked(): Step {
  return { stage: 'fork', number: sys.rt_sigprocmask, args: [SIG_SETMASK, zeros(), 0, SIGSET_BYTES] };
}
