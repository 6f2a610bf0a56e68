// help: the list of commands, or the help of one.
import { print } from '../output.ts';
import type { Command } from './session.ts';

const headlinePattern = 'default commands (type help <topic>):';
const lineWidth = 80;
const columnGap = 2;

/** The help command for all others; not itself part of the map. */
export function helpCommand(commands: ReadonlyMap<string, Command>): Command {
  const ownHelp = ['help\t\tList the commands', 'help <action>\tShow what a command does'];
  return {
    help: ownHelp,
    async run(_, topic) {
      if (topic === '') return printList([...commands.keys()]);
      const help = topic === 'help' ? ownHelp : commands.get(topic)?.help;
      for (const line of help ?? [`*** No help on ${topic}`]) print(line);
    },
  };
}

function printList(names: readonly string[]): void {
  print('');
  print(headlinePattern);
  print('='.repeat(headlinePattern.length));
  for (const line of inColumns([...names].sort())) print(line);
  print('');
}

/** Sorted column by column, in as few lines as the width allows. */
function inColumns(names: readonly string[]): string[] {
  for (let rows = 1; rows <= names.length; rows += 1) {
    const columns: string[][] = [];
    for (let start = 0; start < names.length; start += rows) columns.push(names.slice(start, start + rows));
    const widths = columns.map((column) => Math.max(...column.map((name) => name.length)));
    const total = widths.reduce((sum, width) => sum + width + columnGap, -columnGap);
    if (total > lineWidth && rows < names.length) continue;
    return Array.from({ length: rows }, (_, row) =>
      widths
        .map((width, column) => (columns[column]?.[row] ?? '').padEnd(width))
        .slice(0, columns.filter((column) => row < column.length).length)
        .join('  '),
    );
  }
  return [];
}
