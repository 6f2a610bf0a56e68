// `tsupervisor uninstall`: removes the service; configuration and logs are kept.
import { Command } from '@commander-js/extra-typings';
import type { Scope, SystemdManager } from '../systemd/manager.ts';
import { type Plan, runPlan } from './service/run-plan.ts';
import { disableStep, isUp, stopStep, unitFileStep } from './service/service-steps.ts';
import { unitFilePath } from './service/unit-file.ts';
import { withServiceOptions } from './service/unit-options.ts';
import { runControl } from './shared/program.ts';

/** Resolves to the exit status. */
export async function run(args: readonly string[]): Promise<number> {
  let status = 0;
  const command = withServiceOptions(
    new Command('tsupervisor uninstall').description(
      'Remove the systemd service. Configuration and logs are kept.',
    ),
  )
    .option('--now', 'also stop it and all its programs')
    .option('--dry-run', 'only show what would be done')
    .action(async ({ user, name, now = false, dryRun = false }) => {
      const scope = user ? 'user' : 'system';
      status = await runPlan({ command: 'uninstall', scope, dryRun }, (manager) =>
        planOf(manager, { scope, name, now }),
      );
    });
  return runControl(command, args, () => status);
}

interface Request {
  readonly scope: Scope;
  readonly name: string;
  readonly now: boolean;
}

async function planOf(manager: SystemdManager, { scope, name, now }: Request): Promise<Plan> {
  const unit = `${name}.service`;
  const state = await manager.stateOf(unit);
  const stop = `systemctl${scope === 'user' ? ' --user' : ''} stop ${name}`;
  return {
    steps: [
      ...(now ? [stopStep(manager, unit, state)] : []),
      disableStep(manager, unit, state),
      unitFileStep(manager, unitFilePath(scope, name), null),
    ],
    hints: !now && isUp(state.activeState) ? [`It is still running. To stop it: ${stop}`] : [],
  };
}
