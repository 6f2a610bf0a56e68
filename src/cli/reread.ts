// `tsupervisor reread`: makes supervisord reread its configuration and shows the effect of an update.
import { printChanges } from './shared/config-changes.ts';
import { controlCommand, exitStatuses, runControl, withServer } from './shared/program.ts';

export async function run(args: readonly string[]): Promise<number> {
  let status: number = exitStatuses.done;
  const command = controlCommand(
    'reread',
    'Reread the configuration and show what changed; nothing is started or stopped.',
  ).action(async (options) => {
    status = await withServer(options, async (client) => {
      printChanges(await client.reloadConfig());
      return exitStatuses.done;
    });
  });
  return runControl(command, args, () => status);
}
