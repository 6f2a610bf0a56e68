// Parses integers like Python's int().
import { strip } from './text.ts';

/** int(text): sign, underscores between digits, leading zeros, digits of any script; null when invalid. */
export function integerOrNull(text: string): number | null {
  const digits = asciiDigits(strip(text));
  if (!/^[+-]?\d+(_\d+)*$/.test(digits)) return null;
  return Number(digits.replaceAll('_', '').replace(/^-0+$/, '0'));
}

/** int(text, 8), with or without `0o`; null when invalid. */
export function parseOctal(text: string): number | null {
  const match = /^([+-]?)(?:0[oO]_?)?([0-7]+(?:_[0-7]+)*)$/.exec(asciiDigits(strip(text)));
  if (!match) return null;
  const value = Number.parseInt((match[2] ?? '').replaceAll('_', ''), 8);
  return match[1] === '-' ? 0 - value : value;
}

/** Decimal digits of other scripts are runs of ten code points that start at a last hexadecimal digit of 0 or 6. */
function asciiDigits(text: string): string {
  if (/^[\0-\x7f]*$/.test(text)) return text;
  return text.replace(/[^\0-\x7f]/gu, (character) => {
    if (!/\p{Nd}/u.test(character)) return character;
    const code = character.codePointAt(0) ?? 0;
    if (code >= 0x1d7ce && code <= 0x1d7ff) return String((code - 0x1d7ce) % 10);
    const last = code & 15;
    return String(/\p{Nd}/u.test(String.fromCodePoint(code - last)) ? last : last - 6);
  });
}
