// Ready when a command exits with status 0.
import type { ExitStatus } from '../../linux/wait.ts';
import { HelperError, killHelper, spawnHelper } from '../child/helper-command.ts';
import { describeExit, isSuccess } from '../lifecycle/exit-status.ts';
import { oneLine } from './probe-failure.ts';
import type { ReadinessProbe } from './readiness-probe.ts';

/** What the command has left in its process group is killed when it exits. */
export function exitsWithZero(command: string): ReadinessProbe {
  return async (process, aborted) => {
    const { promise, resolve } = Promise.withResolvers<string | null>();
    try {
      const pid = spawnHelper(command, '', process, 'program');
      const kill = () => killHelper(pid);
      aborted.addEventListener('abort', kill);
      const onExit = async (status: ExitStatus) => {
        aborted.removeEventListener('abort', kill);
        resolve(isSuccess(status) ? null : describeExit(status));
      };
      process.daemon.reaper.adopt(pid, { onExit, beforeReap: kill });
    } catch (error) {
      if (!(error instanceof HelperError)) throw error;
      resolve(oneLine(error.message));
    }
    return promise;
  };
}
