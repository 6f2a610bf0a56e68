// Finds the first line of a stream of bytes that an expression matches, across chunk boundaries, without buffering: its
// state is one of the automaton. Works on the code points of UTF-8 as TextDecoder does: an invalid sequence is U+FFFD.
import { Automaton, found, type StateSnapshot, unknown } from './automaton.ts';
import { compile } from './program.ts';
import { parseExpression } from './syntax.ts';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const replacement = 0xfffd;

/** The half line so far. Serialisable. */
export interface LineMatcherSnapshot {
  readonly line: StateSnapshot;
  /** A half character; see LineMatcher. */
  readonly missing: number;
  readonly point: number;
  readonly low: number;
  readonly high: number;
}

/** Throws ExpressionError when no LineMatcher can be made of it. */
export function checkExpression(expression: string): void {
  compile(parseExpression(expression));
}

export class LineMatcher {
  readonly #automaton: Automaton;
  /** By byte; -1 for the bytes of longer characters. */
  readonly #classes: Int16Array;
  #state: number;
  /** A character whose bytes are not complete: bytes that are missing, bits so far, bounds of the next byte. */
  #missing = 0;
  #point = 0;
  #low = 0x80;
  #high = 0xbf;

  /** Throws ExpressionError. */
  constructor(expression: string) {
    this.#automaton = new Automaton(compile(parseExpression(expression)));
    this.#state = this.#automaton.start;
    const { alphabet, lineEnd } = this.#automaton;
    this.#classes = Int16Array.from({ length: 256 }, (_, byte) => {
      if (byte === lineFeed || byte === carriageReturn) return lineEnd;
      return byte < 0x80 ? alphabet.classOf(byte) : -1;
    });
  }

  /**
   * True when `chunk` ends a line that matches: then it must not be called again. A line feed or a carriage return ends a
   * line; what comes after the last one waits for the next chunk.
   */
  feed(chunk: Uint8Array): boolean {
    for (let index = 0; index < chunk.length; index += 1) {
      index = this.#knownSteps(chunk, index);
      if (index < chunk.length && this.#byte(chunk[index] ?? 0) === found) return true;
    }
    return false;
  }

  /** Nearly every byte is an ASCII character whose transition is known. Returns the index of the first one that is not. */
  #knownSteps(chunk: Uint8Array, start: number): number {
    if (this.#missing > 0) return start;
    const { table } = this.#automaton;
    const classes = this.#classes;
    let state = this.#state;
    let index = start;
    for (; index < chunk.length; index += 1) {
      const characterClass = classes[chunk[index] ?? 0] ?? -1;
      const next = characterClass < 0 ? unknown : (table[state + characterClass] ?? unknown);
      if (next < 0) break;
      state = next;
    }
    this.#state = state;
    return index;
  }

  /** The next state, or `found`. */
  #byte(byte: number): number {
    if (this.#missing > 0 && this.#continues(byte)) return this.#state;
    const characterClass = this.#classes[byte] ?? -1;
    if (characterClass >= 0) this.#step(characterClass);
    else this.#lead(byte);
    return this.#state;
  }

  /** Instructions that a byte may cost: each of them once. */
  get maxCostPerByte(): number {
    return this.#automaton.size;
  }

  snapshot(): LineMatcherSnapshot {
    return {
      line: this.#automaton.snapshotOf(this.#state),
      ...{ missing: this.#missing, point: this.#point, low: this.#low, high: this.#high },
    };
  }

  /** Continues from the snapshot of a matcher of the same expression. */
  restore({ line, missing, point, low, high }: LineMatcherSnapshot): void {
    this.#state = this.#automaton.restored(line);
    this.#missing = missing;
    this.#point = point;
    this.#low = low;
    this.#high = high;
  }

  /** Instructions executed so far, besides one step for each byte. */
  get cost(): number {
    return this.#automaton.executed;
  }

  #character(point: number): void {
    this.#step(this.#automaton.alphabet.classOf(point));
  }

  #step(characterClass: number): void {
    const next = this.#automaton.table[this.#state + characterClass] ?? unknown;
    this.#state = next === unknown ? this.#automaton.step(this.#state, characterClass) : next;
  }

  /** The first byte of a longer character (Encoding Standard, UTF-8 decoder). */
  #lead(byte: number): void {
    if (byte >= 0xc2 && byte <= 0xdf) this.#expect(1, byte & 0x1f);
    else if (byte >= 0xe0 && byte <= 0xef) {
      this.#expect(2, byte & 0x0f);
      if (byte === 0xe0) this.#low = 0xa0;
      if (byte === 0xed) this.#high = 0x9f;
    } else if (byte >= 0xf0 && byte <= 0xf4) {
      this.#expect(3, byte & 0x07);
      if (byte === 0xf0) this.#low = 0x90;
      if (byte === 0xf4) this.#high = 0x8f;
    } else this.#character(replacement);
  }

  #expect(missing: number, bits: number): void {
    this.#missing = missing;
    this.#point = bits;
    this.#low = 0x80;
    this.#high = 0xbf;
  }

  /** False when the byte does not belong to the character, which is invalid then. */
  #continues(byte: number): boolean {
    if (byte < this.#low || byte > this.#high) {
      this.#missing = 0;
      this.#character(replacement);
      return false;
    }
    this.#expect(this.#missing - 1, (this.#point << 6) | (byte & 0x3f));
    if (this.#missing === 0) this.#character(this.#point);
    return true;
  }
}
