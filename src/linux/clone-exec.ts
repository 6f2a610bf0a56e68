// A new process that carries out a list of system calls, the last of which is execve(2). JavaScript cannot run in it:
// after a fork there is only one thread. So the list is worked off by a few machine instructions.

import { CFunction, type Pointer } from 'bun:ffi';
import { type CallList, entryWords, type Failure, type SystemCall } from './call-list.ts';
import { cloneExecCode } from './clone-exec-code.ts';
import { checked, E, errnoName, SyscallError } from './errno.ts';
import { memoryOf, readInto } from './file.ts';
import { errno, libc, ptr } from './libc.ts';
import { mapMemory, mappedAt } from './mapped-memory.ts';
import { createPipe } from './pipe.ts';
import { keepMemoryFromForks } from './spawn-arena.ts';

/**
 * What it has in common with us until its program runs; the rest it has copies of. With our memory it is quicker, but
 * who stops it then stops us when we wait for it: only for processes that nobody can stop who could not stop us.
 */
export type Sharing = 'nothing' | 'memory' | 'memory and descriptors';

/** On its way to its program. */
export class CloneExec {
  #failure: Failure | null | undefined;

  constructor(
    readonly pid: number,
    private readonly awaitFailure: () => Failure | null,
  ) {}

  /**
   * Waits until it has become its program, null, or has failed and is gone. One that is kept on its way for a second,
   * by somebody who stopped it or by a disk that does not answer, counts as started.
   */
  outcome(): Failure | null {
    if (this.#failure === undefined) this.#failure = this.awaitFailure();
    return this.#failure;
  }
}

/**
 * It begins with all signals blocked. One that shares nothing reports its failure to `report`, a descriptor to be
 * overwritten, or null for any; as long as that is open with us, it is not known to have become its program.
 * Throws SyscallError.
 */
export function startProcess(
  calls: readonly SystemCall[],
  list: CallList,
  shared: Sharing,
  report: number | null,
): CloneExec {
  list.write(calls);
  return shared === 'nothing' ? startApart(list, report) : startBeside(list, flagsOf[shared]);
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

function startApart(list: CallList, report: number | null): CloneExec {
  keepMemoryFromForks();
  const { readFd, writeFd } = createPipe('read');
  try {
    if (report !== null) checked(libc.dup3(writeFd, report, O_CLOEXEC), 'dup3');
    const pid = run(list, SIGCHLD, report ?? writeFd);
    const deadline = performance.now() + execWaitMs;
    return new CloneExec(pid, () => failureApart(pid, readFd, deadline));
  } catch (error) {
    libc.close(readFd);
    throw error;
  } finally {
    libc.close(writeFd);
  }
}

const O_CLOEXEC = 0o2000000;

function failureApart(pid: number, readFd: number, deadline: number): Failure | null {
  try {
    const failure = failureFrom(readFd, deadline);
    if (failure) killAndReap(pid);
    return failure;
  } finally {
    libc.close(readFd);
  }
}

/** The kernel tells when the process has left our memory, for its program or for good; what failed it marks in the list. */
function startBeside(list: CallList, flags: number): CloneExec {
  list.lend();
  let pid: number;
  try {
    pid = run(list, flags, NOWHERE);
  } catch (error) {
    list.takeBack();
    throw error;
  }
  const deadline = performance.now() + execWaitMs;
  return new CloneExec(pid, () => {
    list.awaitReturn(deadline);
    const failure = list.isLent ? null : list.failure();
    if (failure) killAndReap(pid);
    return failure;
  });
}

/** The pid. */
function run({ address, lentAddress }: CallList, flags: number, report: number): number {
  const pid = withSignalsBlocked(() => Number(worker()(address, flags, report, lentAddress)));
  if (pid < 0) throw new SyscallError('clone', -pid);
  return pid;
}

/** Longer than any exec takes that is going on; we stand still for no longer. */
const execWaitMs = 1000;

/**
 * `pid = clone(flags)`; in the child each entry in turn, until one fails: then the entry is written to `report` and
 * the child ends. Arguments: address of the list, flags, report, address that CLONE_CHILD_CLEARTID clears. The child
 * calls nothing and touches nothing but the list, not even the stack, on which we go on meanwhile.
 */
type Worker = (list: number, flags: number, report: number, lent: number) => bigint | number;
let loaded: Worker | null = null;

/** In memory of its own, which cannot be written any more. */
function worker(): Worker {
  loaded ??= load(Buffer.from(cloneExecCode[process.arch === 'arm64' ? 'arm64' : 'x64'], 'hex'));
  return loaded;
}

function load(instructions: Uint8Array): Worker {
  const address = mapMemory(PAGE_BYTES);
  mappedAt(address, PAGE_BYTES).bytes.set(instructions);
  checked(libc.mprotect(BigInt(address), BigInt(PAGE_BYTES), PROT_READ | PROT_EXEC), 'mprotect');
  return CFunction({
    ptr: address as Pointer,
    args: ['u64', 'i64', 'i64', 'u64'],
    returns: 'i64',
  }) as unknown as Worker;
}

const PAGE_BYTES = 4096;
const PROT_READ = 1;
const PROT_EXEC = 4;

/** The runtime's signal handlers must not run in the new process. */
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
/** `sigset_t` of glibc. */
const all = new BigUint64Array(16);

/** The other end is close-on-exec: it is at its end when the new program runs. */
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

/** It ends by itself, unless a signal has stopped it. */
function killAndReap(pid: number): void {
  libc.kill(pid, SIGKILL);
  while (libc.waitpid(pid, null, 0) < 0 && errno() === E.EINTR);
}

const SIGKILL = 9;
