// What install and uninstall have in common: a connection to systemd, steps, and one line when it cannot be done.
import { ManagerError, type Scope, SystemdManager } from '../../systemd/manager.ts';
import { UnitError } from '../../systemd/unit.ts';
import { print, printError } from '../output.ts';
import { stepLines } from './progress.ts';
import { carryOut, type Step, StepError } from './steps.ts';

const doneStatus = 0;
const failedStatus = 1;

export interface Plan {
  readonly steps: readonly Step[];
  /** What the user should know when all is done. */
  readonly hints: readonly string[];
}

/** Resolves to the exit status. With `dryRun` the steps are only told. */
export async function drive(
  { command, scope, dryRun }: { command: string; scope: Scope; dryRun: boolean },
  plan: (manager: SystemdManager) => Promise<Plan>,
): Promise<number> {
  let manager: SystemdManager | null = null;
  try {
    if (scope === 'system' && process.getuid?.() !== 0 && !dryRun)
      throw new StepError('only root may change the services of the system (--user is for your own)');
    manager = await SystemdManager.connect(scope);
    const { steps, hints } = await plan(manager);
    if (dryRun) for (const { title } of steps) print(`would be ${title}`);
    else await carryOut(steps, stepLines());
    for (const hint of hints) print(hint);
    return doneStatus;
  } catch (error) {
    if (!isForTheUser(error)) throw error;
    printError(`tsupervisor ${command}: ${error.message}`);
    return failedStatus;
  } finally {
    manager?.close();
  }
}

function isForTheUser(error: unknown): error is Error {
  const ours = error instanceof StepError || error instanceof ManagerError || error instanceof UnitError;
  // The file system's refusals tell the path and the reason themselves.
  return ours || (error instanceof Error && 'syscall' in error);
}
