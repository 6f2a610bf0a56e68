// Formats changes of a configuration, and limits them to groups on the command line.
import type { ConfigChanges } from '../../client/process-info.ts';
import { print } from '../output.ts';
import { coloured } from './style.ts';

/** One line per group. */
export function printChanges({ added, changed, removed }: ConfigChanges): void {
  for (const group of removed) print(coloured(`- ${group}: to be stopped and removed`, 'red'));
  for (const group of changed) print(coloured(`~ ${group}: to be restarted`, 'yellow'));
  for (const group of added) print(coloured(`+ ${group}: to be added`, 'green'));
  if (added.length + changed.length + removed.length === 0) print('Nothing changed.');
}

/** Changes of these groups only; all changes if none are named. */
export function limitedTo(groups: readonly string[], changes: ConfigChanges): ConfigChanges {
  if (groups.length === 0 || groups.includes('all')) return changes;
  const wanted = new Set(groups);
  const limited = (names: readonly string[]): string[] => names.filter((name) => wanted.has(name));
  return {
    added: limited(changes.added),
    changed: limited(changes.changed),
    removed: limited(changes.removed),
  };
}
