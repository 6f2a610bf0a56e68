// `tsupervisor update`: rereads the configuration and applies the changes.
import type { ConfigChanges } from '../client/process-info.ts';
import type { SupervisorClient } from '../client/supervisor-client.ts';
import { faultCodes } from '../xmlrpc/faults.ts';
import { print, printError } from './output.ts';
import { limitedTo, printChanges } from './shared/config-changes.ts';
import { controlCommand, exitStatuses, runControl, withServer } from './shared/program.ts';
import { coloured } from './shared/style.ts';

export async function run(args: readonly string[]): Promise<number> {
  let status: number = exitStatuses.done;
  const command = controlCommand(
    'update',
    'Reread the configuration; add, remove and restart groups that changed.',
  )
    .argument('[group...]', 'only these groups')
    .option('--dry-run', 'only show what would be done')
    .action(async (groups, options) => {
      status = await withServer(options, async (client) => {
        const changes = await client.reloadConfig();
        const unknown = await unknownGroups(client, groups, changes);
        for (const group of unknown) printError(`tsupervisor: no group '${group}'`);
        const wanted = limitedTo(groups, changes);
        if (options.dryRun) printChanges(wanted);
        const failed = options.dryRun ? false : await carryOut(client, wanted);
        if (failed) return exitStatuses.failed;
        return unknown.length > 0 ? exitStatuses.unknownName : exitStatuses.done;
      });
    });
  return runControl(command, args, () => status);
}

async function unknownGroups(
  client: SupervisorClient,
  groups: readonly string[],
  { added, removed, changed }: ConfigChanges,
): Promise<string[]> {
  if (groups.length === 0 || groups.includes('all')) return [];
  const active = (await client.allProcesses()).map(({ group }) => group);
  const known = new Set([...added, ...removed, ...changed, ...active]);
  return groups.filter((group) => !known.has(group));
}

/** Whether something could not be stopped. */
async function carryOut(client: SupervisorClient, changes: ConfigChanges): Promise<boolean> {
  let failed = false;
  for (const group of changes.removed) {
    if (await stopAndRemove(client, group)) print(`${group}: ${coloured('removed', 'red')}`);
    else failed = true;
  }
  for (const group of changes.changed) {
    if (!(await stopAndRemove(client, group))) {
      failed = true;
      continue;
    }
    await client.addProcessGroup(group);
    print(`${group}: ${coloured('updated', 'yellow')}`);
  }
  for (const group of changes.added) {
    await client.addProcessGroup(group);
    print(`${group}: ${coloured('added', 'green')}`);
  }
  const count = changes.removed.length + changes.changed.length + changes.added.length;
  if (count === 0) print('Nothing changed.');
  return failed;
}

/** Stops and removes the group; false, after printing the reason, if it cannot be stopped. */
async function stopAndRemove(client: SupervisorClient, group: string): Promise<boolean> {
  const results = await client.actOnGroup('stop', group);
  const stuck = results.find(({ status }) => status === faultCodes.FAILED);
  if (stuck) {
    printError(
      `tsupervisor: ${group}: ${stuck.name} cannot be stopped (${stuck.description}); it stays as it is`,
    );
    return false;
  }
  await client.removeProcessGroup(group);
  return true;
}
