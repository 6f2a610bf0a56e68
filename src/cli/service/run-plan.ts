// Shared by install and uninstall: a connection to systemd, steps, and one-line errors.
import { ManagerError, type Scope, SystemdManager } from '../../systemd/manager.ts';
import { UnitError } from '../../systemd/unit.ts';
import { print, printError } from '../output.ts';
import { stepLines } from './progress.ts';
import { carryOut, type Step, StepError } from './steps.ts';

const doneStatus = 0;
const failedStatus = 1;

export interface Plan {
  readonly steps: readonly Step[];
  /** Information for the user after the last step. */
  readonly hints: readonly string[];
}

/** Resolves to the exit status. With `dryRun` the steps are only shown. */
export async function runPlan(
  { command, scope, dryRun }: { command: string; scope: Scope; dryRun: boolean },
  plan: (manager: SystemdManager) => Promise<Plan>,
): Promise<number> {
  let manager: SystemdManager | null = null;
  try {
    if (scope === 'system' && process.getuid?.() !== 0 && !dryRun)
      throw new StepError('only root can change system services (--user for a user service)');
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
  // File system errors already name the path and the reason.
  return ours || (error instanceof Error && 'syscall' in error);
}
