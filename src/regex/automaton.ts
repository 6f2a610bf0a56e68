// Searches one line for a match, a character at a time: a deterministic automaton whose states, sets of instructions of the
// program, are computed when they are first reached. A character costs at most one visit of every instruction.
import { Alphabet } from './alphabet.ts';
import { contains, wordCharacters } from './code-points.ts';
import type { Instruction, Program } from './program.ts';
import type { Assertion } from './syntax.ts';

/** What precedes the next character. */
type Before = 'lineStart' | 'wordCharacter' | 'other';
type After = 'lineEnd' | 'wordCharacter' | 'other';

interface State {
  readonly before: Before;
  /** Where execution continues with the next character. */
  readonly instructions: readonly number[];
}

/** Serialisable. */
export interface StateSnapshot extends State {
  /** Size of the program: in another one the numbers of instructions mean nothing. */
  readonly programSize: number;
}

/** In place of a next state: it is computed when it is needed; the line matches. */
export const unknown = -1;
export const found = -2;

/** Bounds the memory; beyond it all states are forgotten and computed again. */
const maxStates = 512;

/** A state is the index of its row in `table`. */
export class Automaton {
  /** By state plus class: the next state, `unknown` or `found`. Replaced when it grows. */
  table: Int32Array;
  /** Instructions executed so far to compute states. */
  executed = 0;
  readonly alphabet: Alphabet;
  /** The class of the end of a line: the next state is the start of a line. */
  readonly lineEnd: number;
  readonly #width: number;
  readonly #program: Program;
  /** By class: whether each instruction takes its characters. */
  readonly #takes: readonly Uint8Array[];
  readonly #isWordClass: readonly boolean[];
  /** By row of the table. */
  #states: State[] = [];
  readonly #known = new Map<string, number>();
  /** The last round in which an instruction was executed, and that in which it became part of the next state. */
  readonly #executedIn: Uint32Array;
  readonly #addedIn: Uint32Array;
  #round = 0;
  /** The set of a state, as the characters of its key. */
  readonly #set: Uint16Array;
  readonly #waiting: number[] = [];

  constructor(program: Program) {
    const { instructions, hasWordBoundaries } = program;
    this.#program = program;
    this.alphabet = new Alphabet(program);
    const { members } = this.alphabet;
    this.lineEnd = members.length;
    this.#width = members.length + 1;
    this.table = new Int32Array(initialStates * this.#width).fill(unknown);
    this.#takes = members.map((member) => takenBy(instructions, member));
    this.#isWordClass = members.map((member) => hasWordBoundaries && contains(wordCharacters, member));
    this.#executedIn = new Uint32Array(instructions.length);
    this.#addedIn = new Uint32Array(instructions.length);
    this.#set = new Uint16Array(Math.ceil(instructions.length / SET_BITS));
  }

  /** Instructions of the program. */
  get size(): number {
    return this.#program.instructions.length;
  }

  /** The state at the start of a line. */
  get start(): number {
    return this.#stateOf('lineStart', [this.#program.start]);
  }

  /** Computes the next state, or `found`. */
  step(state: number, characterClass: number): number {
    const from = this.#states[state / this.#width];
    if (from === undefined) throw new RangeError(`no state ${state}`);
    const next = this.#next(from, characterClass);
    // Not if all states were forgotten meanwhile.
    if (this.#states[state / this.#width] === from) this.table[state + characterClass] = next;
    return next;
  }

  snapshotOf(state: number): StateSnapshot {
    const { before, instructions } = this.#states[state / this.#width] ?? {
      before: 'lineStart',
      instructions: [],
    };
    return { before, instructions, programSize: this.size };
  }

  /** The state of a snapshot; the start of a line for one of another program, of a daemon that compiled differently. */
  restored({ before, instructions, programSize }: StateSnapshot): number {
    return programSize === this.size ? this.#stateOf(before, instructions) : this.start;
  }

  #next(from: State, characterClass: number): number {
    if (characterClass === this.lineEnd)
      return this.#execute(from, 'lineEnd', null) === null ? found : this.start;
    const after = this.#isWordClass[characterClass] ? 'wordCharacter' : 'other';
    const next = this.#execute(from, after, this.#takes[characterClass] ?? null);
    // The line matches, whatever follows: executing the match again says so at its end.
    if (next === null) return this.#stateOf('other', [this.#program.match]);
    // A match may begin at every character.
    this.#add(this.#program.start, next);
    return this.#stateOf(after, next);
  }

  /** Executes everything up to the next character, and takes that, unless null; null for a match. */
  #execute({ before, instructions }: State, after: After, takes: Uint8Array | null): number[] | null {
    this.#round += 1;
    const next: number[] = [];
    const waiting = this.#waiting;
    for (const each of instructions) waiting.push(each);
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      const instruction = this.#program.instructions[at];
      if (instruction === undefined || this.#executedIn[at] === this.#round) continue;
      this.#executedIn[at] = this.#round;
      this.executed += 1;
      switch (instruction.do) {
        case 'match':
          waiting.length = 0;
          return null;
        case 'take':
          if (takes?.[at] === 1) this.#add(instruction.next, next);
          break;
        case 'fork':
          waiting.push(instruction.other, instruction.next);
          break;
        case 'assert':
          if (holds(instruction.that, before, after)) waiting.push(instruction.next);
      }
    }
    return next;
  }

  #add(instruction: number, to: number[]): void {
    if (this.#addedIn[instruction] === this.#round) return;
    this.#addedIn[instruction] = this.#round;
    to.push(instruction);
  }

  /** The only state of this set of instructions. */
  #stateOf(before: Before, instructions: readonly number[]): number {
    const set = this.#set.fill(0);
    for (const each of instructions)
      set[(each / SET_BITS) | 0] = (set[(each / SET_BITS) | 0] ?? 0) | (1 << (each % SET_BITS));
    const key = before[0] + String.fromCharCode(...set);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#states.length >= maxStates) this.#forgetStates();
    const state = (this.#states.push({ before, instructions }) - 1) * this.#width;
    this.#known.set(key, state);
    if (state >= this.table.length) this.#growTable();
    return state;
  }

  #growTable(): void {
    const grown = new Int32Array(this.table.length * 2).fill(unknown);
    grown.set(this.table);
    this.table = grown;
  }

  #forgetStates(): void {
    this.#states = [];
    this.#known.clear();
    this.table.fill(unknown);
  }
}

const initialStates = 16;

/** Bits of a UTF-16 unit. */
const SET_BITS = 16;

function takenBy(instructions: readonly Instruction[], character: number): Uint8Array {
  return Uint8Array.from(instructions, (each) => Number(each.do === 'take' && contains(each.of, character)));
}

function holds(assertion: Assertion, before: Before, after: After): boolean {
  switch (assertion) {
    case 'lineStart':
      return before === 'lineStart';
    case 'lineEnd':
      return after === 'lineEnd';
    case 'wordBoundary':
      return (before === 'wordCharacter') !== (after === 'wordCharacter');
    case 'noWordBoundary':
      return (before === 'wordCharacter') === (after === 'wordCharacter');
  }
}
