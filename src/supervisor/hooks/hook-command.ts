// A hook's command: gets one text on stdin, and has a timeout. Its outcome goes to the daemon's log only.

import type { ExitStatus } from '../../linux/wait.ts';
import { HelperError, killHelper, spawnHelper } from '../child/helper-command.ts';
import type { DaemonContext } from '../daemon-context.ts';
import { describeExit, isSuccess } from '../lifecycle/exit-status.ts';
import type { Process } from '../process.ts';

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
  { log, reaper, clock }: DaemonContext,
): Promise<void> {
  const ended = Promise.withResolvers<void>();
  try {
    const pid = spawnHelper(command, input, process, 'daemon');
    const kill = (why: string) => {
      log.warn(`${what}: killing '${command}' (${pid}) with SIGKILL, ${why}`);
      killHelper(pid);
    };
    const cancelLimit = clock.after(runLimitMs, () => kill(`it ran for ${runLimitMs / 1000} seconds`));
    const onGiveUp = () => kill('the supervisor ends');
    giveUp.addEventListener('abort', onGiveUp);
    const onExit = (status: ExitStatus) => {
      cancelLimit();
      giveUp.removeEventListener('abort', onGiveUp);
      if (!isSuccess(status)) log.warn(`${what}: '${command}' failed: ${describeExit(status)}`);
      ended.resolve();
      return ended.promise;
    };
    reaper.adopt(pid, { onExit });
  } catch (error) {
    if (!(error instanceof HelperError)) throw error;
    log.warn(`${what}: '${command}' could not be run: ${error.message}`);
    ended.resolve();
  }
  return ended.promise;
}
