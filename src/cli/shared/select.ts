// Resolves name patterns of the command line to processes of the server.
import { type Selection, selectByPatterns } from '../../client/process-pattern.ts';
import type { SupervisorClient } from '../../client/supervisor-client.ts';
import { printError } from '../output.ts';

/** Reports patterns that match no process. */
export async function selectProcesses(
  client: SupervisorClient,
  patterns: readonly string[],
): Promise<Selection> {
  const selection = selectByPatterns(patterns, await client.allProcesses());
  for (const pattern of selection.unmatched) printError(`tsupervisor: no process matches '${pattern}'`);
  return selection;
}
