// `environment=A=1,B="two words"`: key/value pairs, cut into words as Python's shlex does in its old mode.
import { ConfigError } from '../config.ts';
import type { ValueType } from './value-type.ts';

export const environmentList: ValueType<ReadonlyMap<string, string>> = {
  expects: {
    en: 'KEY=value pairs separated by commas; quote values that have other characters than letters, digits and _ / . + - ( ) :',
    zh: '以逗号分隔的 KEY=value；除字母、数字和 _ / . + - ( ) : 之外的字符须加引号',
  },
  parse(value) {
    const pairs = new Map<string, string>();
    const words = splitWords(value);
    // The fourth word separates pairs; whatever it is, nobody looks at it.
    for (let index = 0; index < words.length; index += 4) {
      const [key, equals, word] = words.slice(index, index + 3);
      if (key === undefined || equals !== '=' || word === undefined)
        throw new ConfigError(`Unexpected end of key/value pairs in value '${value}'`);
      pairs.set(key, word.replace(/^['"]+/, '').replace(/['"]+$/, ''));
    }
    return pairs;
  },
};

const blanks = ' \t\r\n';
const wordCharacter = /[A-Za-z0-9_/.+\-():]/;

/** Words, quoted texts with their quotes, and all other characters one by one. `#` comments to the end of line. */
function splitWords(value: string): string[] {
  const characters = [...value];
  const words: string[] = [];
  let index = 0;
  while (index < characters.length) {
    const character = characters[index] ?? '';
    if (blanks.includes(character)) {
      index += 1;
    } else if (character === '#') {
      index = endOfLine(characters, index);
    } else {
      const { word, end } = readWord(characters, index);
      words.push(word);
      index = end;
    }
  }
  return words;
}

function readWord(characters: readonly string[], start: number): { word: string; end: number } {
  const first = characters[start] ?? '';
  if (first === '"' || first === "'") {
    const end = characters.indexOf(first, start + 1);
    if (end < 0) throw new ConfigError('No closing quotation');
    return { word: characters.slice(start, end + 1).join(''), end: end + 1 };
  }
  if (!wordCharacter.test(first)) return { word: first, end: start + 1 };
  let word = '';
  let index = start;
  while (index < characters.length) {
    const character = characters[index] ?? '';
    // A comment inside a word does not end it: the next line goes on.
    if (character === '#') index = endOfLine(characters, index);
    else if (!wordCharacter.test(character) && character !== '"' && character !== "'") break;
    else {
      word += character;
      index += 1;
    }
  }
  return { word, end: index };
}

function endOfLine(characters: readonly string[], start: number): number {
  const end = characters.indexOf('\n', start);
  return end < 0 ? characters.length : end + 1;
}
