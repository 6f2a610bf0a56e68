// Python's repr() of strings and bytes: messages that log parsers know are quoted that way.

/** `'it'`, `"it's"`, `'a\n'`: single quotes unless only those occur in the text. */
export function pythonRepr(text: string): string {
  const quote = quoteFor(text.includes("'"), text.includes('"'));
  return quote + text.replace(/[\p{C}\p{Z}\\'"]/gu, (character) => escapeCharacter(character, quote)) + quote;
}

/** `b'...'`, everything outside printable ASCII as `\xNN`. */
export function pythonReprOfBytes(bytes: Uint8Array): string {
  const quote = quoteFor(bytes.includes(0x27), bytes.includes(0x22));
  const literals = byteLiterals[quote];
  let text = '';
  for (const byte of bytes) text += literals[byte];
  return `b${quote}${text}${quote}`;
}

const named = new Map([
  ['\\', '\\\\'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

function quoteFor(single: boolean, double: boolean): "'" | '"' {
  return single && !double ? '"' : "'";
}

function escapeCharacter(character: string, quote: string): string {
  const escaped = named.get(character);
  if (escaped !== undefined) return escaped;
  if (character === quote) return `\\${quote}`;
  if (/^[^\p{C}\p{Z}]$|^ $/u.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x100) return hexadecimal('\\x', code, 2);
  return code < 0x10000 ? hexadecimal('\\u', code, 4) : hexadecimal('\\U', code, 8);
}

function hexadecimal(prefix: string, code: number, width: number): string {
  return prefix + code.toString(16).padStart(width, '0');
}

/** The escape of each byte, cached because megabytes of output may have to be shown. */
const byteLiterals = { "'": literalsBetween("'"), '"': literalsBetween('"') };

function literalsBetween(quote: string): string[] {
  return Array.from({ length: 256 }, (_, byte) =>
    byte < 0x7f ? escapeCharacter(String.fromCharCode(byte), quote) : hexadecimal('\\x', byte, 2),
  );
}
