// A command that the daemon runs for a program, beside its child: without a shell, with the program's user, directory and
// environment, one text on stdin, its output discarded. How long it may run is up to the caller.
import { checked, SyscallError } from '../../linux/errno.ts';
import { cstring, libc, ptr } from '../../linux/libc.ts';
import { closePipe, createPipe } from '../../linux/pipe.ts';
import { SpawnFailure, type SpawnRequest, spawn } from '../../linux/spawn.ts';
import type { Process } from '../process.ts';
import { childEnvironment, programLookupOf } from './child-environment.ts';
import { CommandError, resolveCommand } from './command.ts';

/** Why a command could not be run, in one line. */
export class HelperError extends Error {
  override readonly name = 'HelperError';
}

/** `program`: what it leaves behind is in the program's cgroup and ends with it as `killascgroup` says. */
export type HelperPlace = 'program' | 'daemon';

/**
 * Spawns it in a process group of its own; `input` has at most a pipe's capacity, 64 KiB. Returns the pid, which the
 * caller has the reaper adopt in the same turn of the event loop. Throws HelperError.
 */
export function spawnHelper(command: string, input: string, process: Process, place: HelperPlace): number {
  try {
    return withInput(input, (stdio) => {
      const request = requestFor(process, command, stdio);
      return place === 'program' ? process.spawnBeside(request) : spawn({ ...request, cgroup: null });
    });
  } catch (error) {
    if (error instanceof CommandError || error instanceof SpawnFailure || error instanceof SyscallError)
      throw new HelperError(error.message);
    throw error;
  }
}

/**
 * SIGKILL to its process group. Call it before the reaper has reaped the command: later the number may be another's. Best
 * effort: all of it may have exited, and a daemon without root cannot kill what sudo(8) has started.
 */
export function killHelper(pid: number): void {
  libc.kill(-pid, SIGKILL);
}

const SIGKILL = 9;
const O_RDWR_CLOEXEC = 0o2 | 0o2000000;

type Stdio = readonly [number, number, number];

function requestFor(
  { config, group, daemon }: Process,
  command: string,
  stdio: Stdio,
): Omit<SpawnRequest, 'cgroup'> {
  const { directory, umask, user } = config;
  const { path, argv } = resolveCommand(command, programLookupOf(config, daemon));
  const environment = childEnvironment(config, group, daemon);
  const { programLimits: limits } = daemon;
  return { path, argv, environment, stdio, extra: null, directory, umask, user, limits };
}

/** Writes the text into the pipe before the spawn, so that no write can block on the child. */
function withInput(input: string, start: (stdio: Stdio) => number): number {
  const pipe = createPipe('write');
  try {
    if (input !== '') fill(pipe.writeFd, Buffer.from(input));
    const devNull = checked(libc.open(cstring('/dev/null'), O_RDWR_CLOEXEC, 0), 'open', '/dev/null');
    try {
      return start([pipe.readFd, devNull, devNull]);
    } finally {
      libc.close(devNull);
    }
  } finally {
    closePipe(pipe);
  }
}

function fill(fd: number, bytes: Buffer): void {
  checked(Number(libc.write(fd, ptr(bytes), BigInt(bytes.length))), 'write', 'the input of a command');
}
