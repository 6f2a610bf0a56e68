// The processes that the words of a command line mean, as the server has them now.
import { type Selection, selectByPatterns } from '../../client/process-pattern.ts';
import type { SupervisorClient } from '../../client/supervisor-client.ts';
import { printError } from '../output.ts';

/** Complains of words that mean no process. */
export async function selectProcesses(
  client: SupervisorClient,
  patterns: readonly string[],
): Promise<Selection> {
  const selection = selectByPatterns(patterns, await client.allProcesses());
  for (const pattern of selection.unmatched) printError(`tsupervisor: no process matches '${pattern}'`);
  return selection;
}
