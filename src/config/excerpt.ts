// Shows a line of a configuration file with the error underlined.

/**
 * The line, with `^^^` below `text`, or below the whole line if it does not contain `text`. Null if there is no such
 * line.
 */
export function excerpt(source: string, line: number, text: string | null): [string, string] | null {
  const shown = source.split(/\r\n?|\n/)[line - 1]?.replaceAll('\t', ' ');
  if (shown === undefined || shown.trim() === '') return null;
  const [part = ''] = (text ?? '').replaceAll('\t', ' ').split('\n');
  const found = part === '' ? -1 : shown.indexOf(part, valueStart(shown));
  const start = found < 0 ? shown.length - shown.trimStart().length : found;
  const marked = found < 0 ? shown.trim() : part;
  return [shown, ' '.repeat(Bun.stringWidth(shown.slice(0, start))) + '^'.repeat(Bun.stringWidth(marked))];
}

/** Searches after the delimiter, since a value can equal its key, as in `user=user`. */
function valueStart(line: string): number {
  return line.search(/[=:]/) + 1;
}
