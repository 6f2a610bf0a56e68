// Tab completion in the shell: commands, then their arguments.
import { nameSpecsOf } from '../../client/name-spec.ts';
import type { ProcessInfo } from '../../client/process-info.ts';
import { commands, endOfInput } from './commands.ts';
import { type Session, withClient } from './session.ts';

export type Argument = 'command' | 'group' | 'process';

const argumentOf: ReadonlyMap<string, Argument> = new Map<string, Argument>([
  ['help', 'command'],
  ['add', 'group'],
  ['remove', 'group'],
  ['update', 'group'],
  ['clear', 'process'],
  ['fg', 'process'],
  ['pid', 'process'],
  ['restart', 'process'],
  ['signal', 'process'],
  ['start', 'process'],
  ['status', 'process'],
  ['stop', 'process'],
  ['tail', 'process'],
]);

/** The kind of the word at the end of `line`; null if it cannot be completed. */
export function argumentAt(line: string): Argument | null {
  const words = line.trimStart().split(/\s+/);
  if (words.length <= 1) return 'command';
  return argumentOf.get(words[0] ?? '') ?? null;
}

/** A completer that queries the server once and caches the result until reset. */
export function completerFor(session: Session) {
  let known: Promise<ProcessInfo[]> | null = null;
  return {
    forget(): void {
      known = null;
    },
    async complete(line: string): Promise<[string[], string]> {
      const started = /\S*$/.exec(line)?.[0] ?? '';
      const argument = argumentAt(line);
      if (argument === null) return [[], started];
      if (argument !== 'command') known ??= processes(session);
      const candidates = offered(argument, (await known) ?? []);
      return [candidates.filter((word) => word.startsWith(started)).map((word) => `${word} `), started];
    },
  };
}

/** The candidates of a kind. `processes`: those of the server, for groups and processes. */
export function offered(argument: Argument, processes: readonly ProcessInfo[]): string[] {
  switch (argument) {
    case 'command':
      return [...commands.keys()].filter((name) => name !== endOfInput);
    case 'group':
      return [...new Set(processes.map(({ group }) => group))];
    case 'process':
      return nameSpecsOf(processes);
  }
}

/** Empty without a server: a message would garble the command line. */
async function processes(session: Session): Promise<ProcessInfo[]> {
  let found: ProcessInfo[] = [];
  try {
    await withClient(session, async (client) => {
      found = await client.allProcesses();
    });
  } catch {
    return [];
  }
  return found;
}
