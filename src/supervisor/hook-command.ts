// A hook's command: runs without a shell, gets one text on stdin, its output goes to /dev/null, and it has a timeout.
// Its outcome goes to the daemon's log only.
import { checked, SyscallError } from '../linux/errno.ts';
import { cstring, libc, ptr } from '../linux/libc.ts';
import { closePipe, createPipe } from '../linux/pipe.ts';
import { SpawnFailure, spawn } from '../linux/spawn.ts';
import type { ExitStatus } from '../linux/wait.ts';
import { childEnvironment, programLookupOf } from './child-environment.ts';
import { CommandError, resolveCommand } from './command.ts';
import type { DaemonContext } from './daemon-context.ts';
import { describeExit } from './exit-status.ts';
import type { Process } from './process.ts';

export interface Hook {
  /** The hook's name, for messages. */
  readonly what: string;
  readonly command: string;
  /** At most a pipe's capacity, 64 KiB. */
  readonly input: string;
  /** Aborted when a shutdown no longer waits for it. */
  readonly giveUp: AbortSignal;
}

/** Far longer than any notification takes. */
const runLimitMs = 60_000;

/**
 * Runs with the user, directory and environment of the program. Failures are logged as warnings.
 * Resolves when it has exited or could not be spawned.
 */
export function runHook(
  { what, command, input, giveUp }: Hook,
  process: Process,
  daemon: DaemonContext,
): Promise<void> {
  const { log, reaper, clock } = daemon;
  const ended = Promise.withResolvers<void>();
  try {
    const pid = spawnHook(command, input, process, daemon);
    const kill = (why: string) => {
      log.warn(`${what}: killing '${command}' (${pid}) with SIGKILL, ${why}`);
      libc.kill(-pid, SIGKILL);
    };
    const cancelLimit = clock.after(runLimitMs, () => kill(`it ran for ${runLimitMs / 1000} seconds`));
    const onGiveUp = () => kill('the supervisor ends');
    giveUp.addEventListener('abort', onGiveUp);
    reaper.adopt(pid, (status) => {
      cancelLimit();
      giveUp.removeEventListener('abort', onGiveUp);
      if (!isSuccess(status)) log.warn(`${what}: '${command}' failed: ${describeExit(status)}`);
      ended.resolve();
      return ended.promise;
    });
  } catch (error) {
    if (!(error instanceof CommandError || error instanceof SpawnFailure || error instanceof SyscallError))
      throw error;
    log.warn(`${what}: '${command}' could not be run: ${error.message}`);
    ended.resolve();
  }
  return ended.promise;
}

const SIGKILL = 9;
const O_RDWR_CLOEXEC = 0o2 | 0o2000000;

/** Returns the pid. */
function spawnHook(
  command: string,
  input: string,
  { config, group }: Process,
  daemon: DaemonContext,
): number {
  const { path, argv } = resolveCommand(command, programLookupOf(config, daemon));
  const environment = childEnvironment(config, group, daemon);
  const { directory, umask, user } = config;
  return withInput(input, (stdio) =>
    spawn({
      path,
      argv,
      environment,
      stdio,
      extra: null,
      directory,
      umask,
      user,
      limits: daemon.programLimits,
      cgroup: null,
    }),
  );
}

function isSuccess(status: ExitStatus): boolean {
  return status.kind === 'exited' && status.code === 0;
}

/** Writes the text into the pipe before the spawn, so that no write can block on the child. */
function withInput(input: string, start: (stdio: [number, number, number]) => number): number {
  const pipe = createPipe('write');
  try {
    const bytes = Buffer.from(input);
    checked(
      Number(libc.write(pipe.writeFd, ptr(bytes), BigInt(bytes.length))),
      'write',
      'the input of a hook',
    );
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
