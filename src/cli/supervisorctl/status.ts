// status: the table of processes, filtered by the client.
import { parseNameSpec, selectProcesses } from '../../client/name-spec.ts';
import { type ProcessInfo, processName } from '../../client/process-info.ts';
import { words } from '../../python/text.ts';
import { print } from '../output.ts';
import { serverIsUp } from './check-server.ts';
import { type Command, exitStatuses, fail, type Session, withClient } from './session.ts';

export const status: Command = {
  help: [
    'status <name>\t\tShow a process',
    'status <gname>:*\tShow all processes of a group',
    'status <name> <name>\tShow several processes or groups',
    'status\t\t\tShow all processes',
  ],
  async run(session, argument) {
    if (!(await serverIsUp(session))) {
      session.exitStatus = exitStatuses.unknownStatus;
      return;
    }
    await withClient(session, async (client) => {
      const all = await client.allProcesses();
      const names = words(argument);
      const shown = names.length === 0 || names.includes('all') ? all : pick(session, names, all);
      for (const line of statusTable(shown)) print(line);
      if (shown.some(({ state }) => downStates.has(state)))
        session.exitStatus = exitStatuses.notRunningStatus;
    });
  },
};

/** STOPPED, EXITED, FATAL and UNKNOWN. */
const downStates: ReadonlySet<number> = new Set([0, 100, 200, 1000]);

const nameWidth = 30;
const stateWidth = 10;

function pick(session: Session, names: readonly string[], all: readonly ProcessInfo[]): ProcessInfo[] {
  return names.flatMap((name) => {
    const spec = parseNameSpec(name);
    const chosen = selectProcesses(spec, all);
    if (chosen.length > 0) return chosen;
    const line =
      spec.kind === 'group' ? `${spec.group}: ERROR (no such group)` : `${name}: ERROR (no such process)`;
    fail(session, line, exitStatuses.unknownStatus);
    return [];
  });
}

function statusTable(processes: readonly ProcessInfo[]): string[] {
  const width = processes.reduce((longest, process) => {
    return Math.max(longest, characters(processName(process)));
  }, nameWidth);
  return processes.map(
    (process) =>
      pad(processName(process), width + 3) + pad(process.statename, stateWidth) + process.description,
  );
}

/** Counts code points, not UTF-16 units. */
function characters(text: string): number {
  return [...text].length;
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - characters(text)));
}
