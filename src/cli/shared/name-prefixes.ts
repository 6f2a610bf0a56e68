// Line prefixes that tell apart the output of several processes.
import { type Colour, coloured } from './style.ts';

const colours: readonly Colour[] = ['cyan', 'yellow', 'green', 'magenta', 'blue', 'red'];

/** Padded to equal width, each in a colour; empty for a single name. */
export function prefixes(names: readonly string[]): ReadonlyMap<string, string> {
  if (names.length <= 1) return new Map(names.map((name) => [name, '']));
  const width = Math.max(...names.map((name) => Bun.stringWidth(name)));
  return new Map(
    names.map((name, index) => {
      const padded = name + ' '.repeat(width - Bun.stringWidth(name));
      return [name, coloured(`${padded} | `, colours[index % colours.length] ?? 'grey')];
    }),
  );
}
