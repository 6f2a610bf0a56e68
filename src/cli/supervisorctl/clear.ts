// clear: truncates the logs of processes.
import { parseNameSpec } from '../../client/name-spec.ts';
import { processName } from '../../client/process-info.ts';
import { words } from '../../python/text.ts';
import { serverIsUp } from './check-server.ts';
import { clearWords, outcomeOf, outcomeOfResult, report } from './outcome.ts';
import { type Command, misuse, withClient } from './session.ts';

export const clear: Command = {
  help: [
    'clear <name>\t\tEmpty the logs of a process',
    'clear <name> <name>\tEmpty the logs of several processes',
    'clear all\t\tEmpty the logs of every process',
  ],
  async run(session, argument) {
    if (!(await serverIsUp(session))) return;
    const names = words(argument);
    if (names.length === 0) return misuse(session, 'clear requires a process name', clear.help);
    await withClient(session, async (client) => {
      if (names.includes('all')) {
        const results = await client.clearAllProcessLogs();
        for (const result of results) report(session, outcomeOfResult(result), clearWords);
        return;
      }
      for (const name of names) {
        const outcome = await outcomeOf(singleName(name), client.clearProcessLogs(name));
        report(session, outcome, clearWords);
      }
    });
  },
};

/** Groups cannot be cleared; the original's error message names them like this. */
function singleName(name: string): string {
  const spec = parseNameSpec(name);
  return spec.kind === 'group' ? `${spec.group}:None` : processName(spec);
}
