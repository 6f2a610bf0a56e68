// White space and string order of Python; JavaScript's trim() and sort() differ in a few characters.

/** str.isspace() as a character class of a regular expression, without brackets. */
const blank = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const blankCharacter = new RegExp(`[${blank}]`);
const blanks = new RegExp(`[${blank}]+`);

/** str.strip(). */
export function strip(text: string): string {
  return stripEnd(text.slice(indentation(text)));
}

/** str.rstrip(). A loop, because a regular expression anchored at the end takes quadratic time. */
export function stripEnd(text: string): string {
  let end = text.length;
  while (end > 0 && isBlank(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

/** Whether strip() removes the character. */
export function isBlank(character: string): boolean {
  const code = character.charCodeAt(0);
  // Fast path: nearly all text is ASCII.
  if (code < 0x80) return code === 0x20 || (code >= 9 && code <= 13) || (code >= 0x1c && code <= 0x1f);
  return blankCharacter.test(character);
}

/** Number of leading blanks. */
export function indentation(text: string): number {
  let start = 0;
  while (start < text.length && isBlank(text.charAt(start))) start += 1;
  return start;
}

/** The words between blanks: str.split(). */
export function words(text: string): string[] {
  return text.split(blanks).filter((word) => word !== '');
}

/** Compares by code point like Python; JavaScript compares UTF-16 units. */
export function compareByCodePoint(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left === right) continue;
    // A surrogate is part of a code point above every single unit.
    const leftHigh = left >= 0xd800 && left <= 0xdfff;
    const rightHigh = right >= 0xd800 && right <= 0xdfff;
    return leftHigh === rightHigh ? left - right : leftHigh ? 1 : -1;
  }
  return a.length - b.length;
}
