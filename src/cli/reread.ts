// `tsupervisor reread`: lets supervisord read its configuration, and shows what an update would do.
import { printChanges } from './shared/config-changes.ts';
import { controlCommand, exitStatuses, runControl, withServer } from './shared/program.ts';

export async function run(args: readonly string[]): Promise<number> {
  let status: number = exitStatuses.done;
  const command = controlCommand(
    'reread',
    'Read the configuration again; nothing is started or stopped.',
  ).action(async (options) => {
    status = await withServer(options, async (client) => {
      printChanges(await client.reloadConfig());
      return exitStatuses.done;
    });
  });
  return runControl(command, args, () => status);
}
