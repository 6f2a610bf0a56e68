// `environment=A=1,B="two words"`: key/value pairs, tokenised like Python's shlex in non-POSIX mode.
import { ConfigError } from '../config.ts';
import type { ValueType } from './value-type.ts';

export const environmentList: ValueType<ReadonlyMap<string, string>> = {
  expects: {
    en: 'KEY=value pairs separated by commas; quote values containing characters other than letters, digits and _ / . + - ( ) :',
    zh: '以逗号分隔的 KEY=value；除字母、数字和 _ / . + - ( ) : 之外的字符须加引号',
  },
  parse(value) {
    const pairs = new Map<string, string>();
    const words = splitWords(value);
    // The fourth word is the separator; like the original, accept anything.
    for (let index = 0; index < words.length; index += 4) {
      const [key, equals, word] = words.slice(index, index + 3);
      if (key === undefined || equals !== '=' || word === undefined)
        throw new ConfigError(`Unexpected end of key/value pairs in value '${value}'`);
      pairs.set(key, word.replace(/^['"]+/, '').replace(/['"]+$/, ''));
    }
    return pairs;
  },
  format: (pairs) => [...pairs].map(([name, value]) => `${name}="${value}"`).join(','),
};

/**
 * The part of a list that is dropped without an error, and the key before it; null if nothing is dropped or it is an
 * error.
 */
export function firstLoss(value: string): { readonly key: string; readonly lost: string } | null {
  let key = '';
  let place = 0;
  for (const { 0: all, groups = {} } of value.matchAll(token)) {
    if (groups.open !== undefined) return null;
    const comment = /#[^\n]*/.exec(groups.skipped ?? groups.word ?? '')?.[0];
    if (comment !== undefined && place > 0) return { key, lost: comment.trim() };
    if (groups.skipped !== undefined) continue;
    if (place === 0) key = all;
    // A semicolon works as a separator too.
    if (place === 3 && all !== ',' && all !== ';') return { key, lost: all };
    place = (place + 1) % 4;
  }
  return null;
}

/** Whitespace, a comment, a quoted text, a lone quote, a word (including comments in it), or one other character. */
const token =
  /(?<skipped>[ \t\r\n]+|#[^\n]*\n?)|"[^"]*"|'[^']*'|(?<open>["'])|(?<word>[\w/.+\-():](?:[\w/.+\-():"']|#[^\n]*\n?)*)|./gsu;

/** Words, quoted texts with their quotes, and all other characters one by one. `#` starts a comment. */
function splitWords(value: string): string[] {
  const words: string[] = [];
  for (const { 0: all, groups = {} } of value.matchAll(token)) {
    if (groups.skipped !== undefined) continue;
    if (groups.open !== undefined) throw new ConfigError('No closing quotation');
    // A comment inside a word does not end it: the word continues on the next line.
    words.push(groups.word === undefined ? all : all.replace(/#[^\n]*\n?/g, ''));
  }
  return words;
}
