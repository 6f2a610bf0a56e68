// What changed in a configuration, as a person reads it, and the limits that a command line sets.
import type { ConfigChanges } from '../../client/process-info.ts';
import { print } from '../output.ts';
import { coloured } from './style.ts';

/** One line a group. */
export function printChanges({ added, changed, removed }: ConfigChanges): void {
  for (const group of removed) print(coloured(`- ${group}: to be stopped and removed`, 'red'));
  for (const group of changed) print(coloured(`~ ${group}: to be stopped and started anew`, 'yellow'));
  for (const group of added) print(coloured(`+ ${group}: to be added`, 'green'));
  if (added.length + changed.length + removed.length === 0) print('Nothing changed.');
}

/** Only what concerns these groups; everything when none are named. */
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
