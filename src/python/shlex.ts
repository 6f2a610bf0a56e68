// A command split into words like `shlex.split` does it: quotes and backslash of a POSIX shell, nothing else of it.

/** A quote is not closed, or the text ends with a backslash; the message is Python's. */
export class UnclosedWord extends Error {
  override readonly name = 'UnclosedWord';
}

/** Blanks separate, quotes and backslash escape. `#`, `$`, `*`, `|` have no special meaning. Throws UnclosedWord. */
export function splitWords(command: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quote: '"' | "'" | null = null;
  const characters = [...command];
  for (let index = 0; index < characters.length; index += 1) {
    const character = characters[index] ?? '';
    if (character === '\\' && quote !== "'") {
      const next = characters[++index];
      if (next === undefined) throw new UnclosedWord('No escaped character');
      const kept = quote === '"' && next !== '"' && next !== '\\' ? `\\${next}` : next;
      word = (word ?? '') + kept;
    } else if (quote !== null) {
      if (character === quote) quote = null;
      else word += character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (' \t\r\n'.includes(character)) {
      if (word !== null) words.push(word);
      word = null;
    } else {
      word = (word ?? '') + character;
    }
  }
  if (quote !== null) throw new UnclosedWord('No closing quotation');
  if (word !== null) words.push(word);
  return words;
}
