// Clones a child that performs a list of system calls, the last of which is execve(2). JavaScript cannot run in it,
// because only one thread survives a fork(2), so a few machine instructions work through the list.

import { CFunction, type Pointer } from 'bun:ffi';
import { type CallList, entryWords, type Failure, type SystemCall } from './call-list.ts';
import { cloneExecCode } from './clone-exec-code.ts';
import { checked, E, errnoName, SyscallError } from './errno.ts';
import { memoryOf, readInto } from './file.ts';
import { errno, libc, ptr } from './libc.ts';
import { mapMemory, mappedAt } from './mapped-memory.ts';
import { createPipe, duplicate } from './pipe.ts';
import { excludeMemoryFromForks } from './spawn-arena.ts';

/**
 * What the child shares with the daemon until execve(2); it gets copies of the rest. Sharing memory is faster, but a user
 * who stops such a child (SIGSTOP) delays the daemon, which waits for it: only for children of the daemon's own user.
 */
export type Sharing = 'nothing' | 'memory' | 'memory and descriptors';

/** A cloned child that may not have reached execve(2). */
export class CloneExec {
  #failure: Failure | null | undefined;

  constructor(
    readonly pid: number,
    private readonly awaitFailure: () => Failure | null,
  ) {}

  /**
   * Waits for execve(2): null, or the failure of a child that has been reaped. A child that takes longer than a second,
   * because it was stopped or its disk stalls, counts as started.
   */
  outcome(): Failure | null {
    if (this.#failure === undefined) this.#failure = this.awaitFailure();
    return this.#failure;
  }
}

/** The descriptor for the failure report of a child: one to overwrite, or a new one with another number than `not`. */
export type ReportDescriptor = { readonly at: number } | { readonly not: number | null };

/**
 * The child starts with all signals blocked. One that shares nothing reports its failure to `report`; its execve(2) is seen
 * as EOF, so the daemon must not keep the descriptor open. Throws SyscallError.
 */
export function startProcess(
  calls: readonly SystemCall[],
  list: CallList,
  shared: Sharing,
  report: ReportDescriptor,
): CloneExec {
  list.write(calls);
  return shared === 'nothing' ? startForked(list, report) : startSharing(list, flagsOf[shared]);
}

const SIGCHLD = 17;
const CLONE_VM = 0x100;
const CLONE_FILES = 0x400;
const CLONE_CHILD_CLEARTID = 0x200000;
const flagsOf = {
  memory: SIGCHLD | CLONE_VM | CLONE_CHILD_CLEARTID,
  'memory and descriptors': SIGCHLD | CLONE_VM | CLONE_CHILD_CLEARTID | CLONE_FILES,
};
const NOWHERE = -1;

function startForked(list: CallList, report: ReportDescriptor): CloneExec {
  excludeMemoryFromForks();
  const { readFd, writeFd } = createPipe('read');
  const writeFds = [writeFd];
  try {
    if ('at' in report) checked(libc.dup3(writeFd, report.at, O_CLOEXEC), 'dup3');
    else if (report.not === writeFd) writeFds.push(duplicate(writeFd));
    const pid = run(list, SIGCHLD, 'at' in report ? report.at : (writeFds.at(-1) ?? NOWHERE));
    const deadline = performance.now() + execWaitMs;
    return new CloneExec(pid, () => failureOfForked(pid, readFd, deadline));
  } catch (error) {
    libc.close(readFd);
    throw error;
  } finally {
    for (const fd of writeFds) libc.close(fd);
  }
}

const O_CLOEXEC = 0o2000000;

function failureOfForked(pid: number, readFd: number, deadline: number): Failure | null {
  try {
    const failure = failureFrom(readFd, deadline);
    if (failure) killAndReap(pid);
    return failure;
  } finally {
    libc.close(readFd);
  }
}

/** The kernel clears a word when the child leaves the shared memory, by execve(2) or exit; a failure is in the list. */
function startSharing(list: CallList, flags: number): CloneExec {
  list.markShared();
  let pid: number;
  try {
    pid = run(list, flags, NOWHERE);
  } catch (error) {
    list.clearShared();
    throw error;
  }
  const deadline = performance.now() + execWaitMs;
  return new CloneExec(pid, () => {
    list.awaitUnshared(deadline);
    const failure = list.isShared ? null : list.failure();
    if (failure) killAndReap(pid);
    return failure;
  });
}

/** Returns the pid. */
function run({ address, sharedAddress }: CallList, flags: number, report: number): number {
  const pid = withSignalsBlocked(() => Number(code()(address, flags, report, sharedAddress)));
  if (pid < 0) throw new SyscallError('clone', -pid);
  return pid;
}

/** Longer than any execve(2) that makes progress; bounds how long the daemon blocks. */
const execWaitMs = 1000;

/**
 * `pid = clone(flags)`; the child performs each entry until one fails, writes that entry to `report` and exits.
 * Arguments: address of the list, flags, report, address that CLONE_CHILD_CLEARTID clears. The child touches nothing but
 * the list, not even the stack, which the daemon keeps using meanwhile.
 */
type CloneExecCode = (list: number, flags: number, report: number, shared: number) => bigint | number;
let loaded: CloneExecCode | null = null;

/** Loaded once, into a page that is read-only and executable. */
function code(): CloneExecCode {
  loaded ??= load(Buffer.from(cloneExecCode[process.arch === 'arm64' ? 'arm64' : 'x64'], 'hex'));
  return loaded;
}

function load(instructions: Uint8Array): CloneExecCode {
  const address = mapMemory(PAGE_BYTES);
  mappedAt(address, PAGE_BYTES).bytes.set(instructions);
  checked(libc.mprotect(BigInt(address), BigInt(PAGE_BYTES), PROT_READ | PROT_EXEC), 'mprotect');
  return CFunction({
    ptr: address as Pointer,
    args: ['u64', 'i64', 'i64', 'u64'],
    returns: 'i64',
  }) as unknown as CloneExecCode;
}

const PAGE_BYTES = 4096;
const PROT_READ = 1;
const PROT_EXEC = 4;

/** The runtime's signal handlers must not run in the child. */
function withSignalsBlocked<T>(action: () => T): T {
  const before = new BigUint64Array(16);
  libc.sigfillset(ptr(all));
  libc.sigprocmask(SIG_SETMASK, ptr(all), ptr(before));
  try {
    return action();
  } finally {
    libc.sigprocmask(SIG_SETMASK, ptr(before), null);
  }
}

const SIG_SETMASK = 2;
/** glibc's `sigset_t` is 1024 bits. */
const all = new BigUint64Array(16);

/** The write end is close-on-exec: EOF means that execve(2) has succeeded. */
function failureFrom(fd: number, deadline: number): Failure | null {
  const entry = new BigInt64Array(entryWords);
  const memory = memoryOf(new Uint8Array(entry.buffer));
  for (let left = 1; left > 0; left = Math.ceil(deadline - performance.now())) {
    awaitInput(fd, left);
    const count = readInto(fd, memory);
    if (count === -E.EAGAIN || count === -E.EINTR) continue;
    if (count <= 0) return null;
    return { index: Number(entry[entryWords - 1]), errno: -Number(entry[0]) };
  }
  return null;
}

function awaitInput(fd: number, timeoutMs: number): void {
  const cell = Int32Array.of(fd, POLLIN);
  if (libc.poll(ptr(cell), 1n, timeoutMs) < 0 && errno() !== E.EINTR)
    throw new SyscallError('poll', errno(), errnoName(errno()));
}

const POLLIN = 1;

/** The child exits on its own, unless a signal has stopped it. */
function killAndReap(pid: number): void {
  libc.kill(pid, SIGKILL);
  while (libc.waitpid(pid, null, 0) < 0 && errno() === E.EINTR);
}

const SIGKILL = 9;
