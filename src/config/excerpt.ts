// A line of a configuration file with what is wrong in it underlined.

/** The line, and `^^^` below `text`; below all of it when the text is not in it. Null when there is no such line. */
export function excerpt(source: string, line: number, text: string | null): [string, string] | null {
  const shown = source.split(/\r\n?|\n/)[line - 1]?.replaceAll('\t', ' ');
  if (shown === undefined || shown.trim() === '') return null;
  const [part = ''] = (text ?? '').replaceAll('\t', ' ').split('\n');
  const found = part === '' ? -1 : shown.indexOf(part, valueStart(shown));
  const start = found < 0 ? shown.length - shown.trimStart().length : found;
  const marked = found < 0 ? shown.trim() : part;
  return [shown, ' '.repeat(Bun.stringWidth(shown.slice(0, start))) + '^'.repeat(Bun.stringWidth(marked))];
}

/** A value that is also its key, as in `user=user`, stands behind the delimiter. */
function valueStart(line: string): number {
  return line.search(/[=:]/) + 1;
}
