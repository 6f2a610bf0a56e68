// `tsupervisor uninstall`: takes the service away again; configuration and logs stay.
import { Command } from '@commander-js/extra-typings';
import type { SystemdManager } from '../systemd/manager.ts';
import { runControl } from './control/program.ts';
import { drive, type Plan } from './service/drive.ts';
import { disableStep, isUp, stopStep, unitFileStep } from './service/service-steps.ts';
import { unitFilePath } from './service/unit-file.ts';
import { withServiceOptions } from './service/unit-options.ts';

/** Resolves to the exit status. */
export async function run(args: readonly string[]): Promise<number> {
  let status = 0;
  const command = withServiceOptions(
    new Command('tsupervisor uninstall').description(
      'Take the service from systemd. Configuration and logs stay.',
    ),
  )
    .option('--now', 'stop it too, with all its programs')
    .option('--dry-run', 'only tell what would be done')
    .action(async ({ user, name, now = false, dryRun = false }) => {
      const scope = user ? 'user' : 'system';
      const path = unitFilePath(scope, name);
      status = await drive({ command: 'uninstall', scope, dryRun }, (manager) =>
        planOf(manager, name, path, now),
      );
    });
  return runControl(command, args, () => status);
}

async function planOf(manager: SystemdManager, name: string, path: string, now: boolean): Promise<Plan> {
  const unit = `${name}.service`;
  const state = await manager.stateOf(unit);
  return {
    steps: [
      ...(now ? [stopStep(manager, unit, state)] : []),
      disableStep(manager, unit, state),
      unitFileStep(manager, path, null),
    ],
    hints: !now && isUp(state.activeState) ? [`It still runs. To stop it: systemctl stop ${name}`] : [],
  };
}
