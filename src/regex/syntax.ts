// The syntax of regular expressions that can be matched in linear time: from text to a tree. What needs backtracking
// (backreferences, lookaround) is refused. docs/decisions/readiness-log.md
import {
  anything,
  type CodePoints,
  complement,
  digits,
  inBothCases,
  union,
  whiteSpace,
  wordCharacters,
} from './code-points.ts';
import { ExpressionError, type ExpressionProblem } from './expression-error.ts';

export type Expression =
  | { readonly kind: 'character'; readonly of: CodePoints }
  | { readonly kind: 'sequence'; readonly parts: readonly Expression[] }
  | { readonly kind: 'choice'; readonly options: readonly Expression[] }
  /** `max` is null without a bound. */
  | { readonly kind: 'repeat'; readonly body: Expression; readonly min: number; readonly max: number | null }
  | { readonly kind: 'assertion'; readonly of: Assertion };

export type Assertion = 'lineStart' | 'lineEnd' | 'wordBoundary' | 'noWordBoundary';

/** Bounds the depth of groups, and so the recursion. */
const maxLength = 1000;
const maxRepeats = 1000;

/** Throws ExpressionError. */
export function parseExpression(text: string): Expression {
  if (text.length > maxLength) throw new ExpressionError('longer than 1000 characters');
  return new Parser(text).parse();
}

class Parser {
  readonly #points: readonly string[];
  #at = 0;
  #ignoresCase = false;

  constructor(text: string) {
    this.#points = [...text];
  }

  parse(): Expression {
    this.#ignoresCase = this.#takes('(?i)');
    const expression = this.#choice();
    if (this.#at < this.#points.length) throw this.#error(') without (');
    return expression;
  }

  #choice(): Expression {
    const options = [this.#sequence()];
    while (this.#takes('|')) options.push(this.#sequence());
    const [only] = options;
    return only !== undefined && options.length === 1 ? only : { kind: 'choice', options };
  }

  #sequence(): Expression {
    const parts: Expression[] = [];
    while (this.#next !== undefined && this.#next !== '|' && this.#next !== ')') parts.push(this.#repeated());
    return { kind: 'sequence', parts };
  }

  #repeated(): Expression {
    const start = this.#at;
    if (this.#quantifier() !== null) throw this.#error('nothing to repeat', start);
    const body = this.#atom();
    const bounds = this.#quantifier();
    if (bounds === null) return body;
    if (body.kind === 'assertion') throw this.#error('nothing to repeat', start);
    // Whether as few or as many as possible are taken does not change what matches.
    this.#takes('?');
    const end = this.#at;
    if (this.#quantifier() !== null) throw this.#error('two repetitions in a row', end);
    return { kind: 'repeat', body, ...bounds };
  }

  #quantifier(): { readonly min: number; readonly max: number | null } | null {
    if (this.#takes('*')) return { min: 0, max: null };
    if (this.#takes('+')) return { min: 1, max: null };
    if (this.#takes('?')) return { min: 0, max: 1 };
    const start = this.#at;
    const [all = '', low, comma, high] =
      /^\{(\d+)(?:(,)(\d*))?\}/.exec(this.#points.slice(start, start + 32).join('')) ?? [];
    if (low === undefined) return null;
    this.#at += all.length;
    const min = Number(low);
    const max = comma === undefined ? min : high ? Number(high) : null;
    if (Math.max(min, max ?? 0) > maxRepeats) throw this.#error('more than 1000 repetitions', start);
    if (max !== null && max < min) throw this.#error('repetition with a maximum below its minimum', start);
    return { min, max };
  }

  #atom(): Expression {
    const start = this.#at;
    const character = this.#take();
    switch (character) {
      case '(':
        return this.#group(start);
      case '[':
        return this.#set(this.#class(start));
      case '.':
        return { kind: 'character', of: anything };
      case '^':
        return { kind: 'assertion', of: 'lineStart' };
      case '$':
        return { kind: 'assertion', of: 'lineEnd' };
      case '\\':
        return this.#escape(start);
      default:
        return this.#set(just(character));
    }
  }

  #group(start: number): Expression {
    if (this.#takes('?') && !this.#takes(':')) throw this.#error(groupProblem(this.#next), start);
    const body = this.#choice();
    if (!this.#takes(')')) throw this.#error('( without )', start);
    return body;
  }

  /** After the backslash, outside of a class. */
  #escape(start: number): Expression {
    if (this.#takes('b')) return { kind: 'assertion', of: 'wordBoundary' };
    if (this.#takes('B')) return { kind: 'assertion', of: 'noWordBoundary' };
    return this.#set(this.#escapedSet(start));
  }

  #escapedSet(start: number): CodePoints {
    const letter = this.#next;
    if (letter === undefined) throw this.#error('\\ at the end', start);
    this.#at += 1;
    const known = escapedSets.get(letter);
    if (known) return known;
    if (letter === 'x') return this.#hexadecimal(2, start);
    if (letter === 'u') return this.#hexadecimal(4, start);
    if (/[1-9]/.test(letter)) throw this.#error('backreferences are not supported', start);
    if (/[a-zA-Z0-9]/.test(letter)) throw this.#error('unknown escape', start);
    return just(letter);
  }

  #hexadecimal(length: number, start: number): CodePoints {
    const code = this.#points.slice(this.#at, this.#at + length).join('');
    if (!/^[0-9a-fA-F]+$/.test(code) || code.length < length)
      throw this.#error('hexadecimal digits expected: \\xHH or \\uHHHH', start);
    this.#at += length;
    const point = Number.parseInt(code, 16);
    return [[point, point]];
  }

  /** After the opening bracket. */
  #class(start: number): CodePoints {
    const isNegated = this.#takes('^');
    if (this.#next === ']') throw this.#error('empty class: a bracket in a class is written \\]', start);
    const parts: CodePoints[] = [];
    while (!this.#takes(']')) {
      if (this.#next === undefined) throw this.#error('[ without ]', start);
      if (/^\[:\^?[a-z]+:\]/.test(this.#points.slice(this.#at, this.#at + 16).join('')))
        throw this.#error('named classes are not supported: write \\d, \\w, \\s or a range', this.#at);
      parts.push(this.#classRange());
    }
    const set = union(...parts);
    // Before the complement, so that [^a] does not match A either.
    const folded = this.#ignoresCase ? inBothCases(set) : set;
    return isNegated ? complement(folded) : folded;
  }

  #classRange(): CodePoints {
    const start = this.#at;
    const first = this.#classMember();
    const isRange =
      this.#next === '-' && this.#points[this.#at + 1] !== ']' && this.#at + 1 < this.#points.length;
    if (!isRange) return first;
    this.#at += 1;
    const last = this.#classMember();
    const [low, high] = [only(first), only(last)];
    if (low === null || high === null || low > high) throw this.#error('invalid range', start);
    return [[low, high]];
  }

  #classMember(): CodePoints {
    const start = this.#at;
    const character = this.#take();
    if (character !== '\\') return just(character);
    return this.#takes('b') ? just('\b') : this.#escapedSet(start);
  }

  #set(of: CodePoints): Expression {
    return { kind: 'character', of: this.#ignoresCase ? inBothCases(of) : of };
  }

  get #next(): string | undefined {
    return this.#points[this.#at];
  }

  /** Call it only before the end. */
  #take(): string {
    const next = this.#next ?? '';
    this.#at += 1;
    return next;
  }

  #takes(text: string): boolean {
    if (this.#points.slice(this.#at, this.#at + text.length).join('') !== text) return false;
    this.#at += text.length;
    return true;
  }

  #error(problem: ExpressionProblem, at = this.#at): ExpressionError {
    return new ExpressionError(problem, at + 1);
  }
}

function just(character: string): CodePoints {
  const point = character.codePointAt(0) ?? 0;
  return [[point, point]];
}

/** The only code point of a set, or null. */
function only([range, more]: CodePoints): number | null {
  return range !== undefined && more === undefined && range[0] === range[1] ? range[0] : null;
}

/** `next`: what follows `(?`. */
function groupProblem(next: string | undefined): ExpressionProblem {
  if (next === '=' || next === '!') return 'lookahead is not supported';
  if (next === '<') return 'lookbehind and named groups are not supported';
  if (next === 'i') return '(?i) is supported at the beginning only';
  return 'unknown kind of group';
}

const escapedSets: ReadonlyMap<string, CodePoints> = new Map([
  ['d', digits],
  ['D', complement(digits)],
  ['w', wordCharacters],
  ['W', complement(wordCharacters)],
  ['s', whiteSpace],
  ['S', complement(whiteSpace)],
  ['t', just('\t')],
  ['n', just('\n')],
  ['r', just('\r')],
  ['f', just('\f')],
  ['v', just('\v')],
]);
