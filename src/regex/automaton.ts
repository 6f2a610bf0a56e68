// Searches one line for a match, a character at a time: a deterministic automaton whose states, sets of instructions of the
// program, are computed when they are first reached. A character costs at most one visit of every instruction.
import { Alphabet } from './alphabet.ts';
import { contains, wordCharacters } from './code-points.ts';
import type { Instruction, Program } from './program.ts';
import type { Assertion } from './syntax.ts';

/** What precedes the next character. */
type Before = 'lineStart' | 'wordCharacter' | 'other';
type After = 'lineEnd' | 'wordCharacter' | 'other';

export interface State {
  readonly before: Before;
  /** Where execution continues with the next character. */
  readonly instructions: readonly number[];
  /** By class of the next character; filled when needed. */
  readonly next: (State | undefined)[];
  /** Whether the line matches if it ends here; undefined until it is needed. */
  matchesAtEnd: boolean | undefined;
}

/** Serialisable. */
export interface StateSnapshot {
  readonly isMatched: boolean;
  readonly before: Before;
  readonly instructions: readonly number[];
  /** Size of the program: in another one the numbers of instructions mean nothing. */
  readonly programSize: number;
}

/** Bounds the memory; beyond it all states are forgotten and computed again. */
const maxStates = 512;

export class Automaton {
  readonly alphabet: Alphabet;
  /** At the start of a line. */
  start: State;
  /** The line matches, whatever follows. */
  readonly matched: State;
  /** Instructions executed so far to compute states. */
  executed = 0;
  readonly #program: Program;
  /** By class: whether each instruction takes its characters. */
  readonly #takes: readonly Uint8Array[];
  readonly #isWordClass: readonly boolean[];
  readonly #states = new Map<string, State>();
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
    this.#takes = members.map((member) => takenBy(instructions, member));
    this.#isWordClass = members.map((member) => hasWordBoundaries && contains(wordCharacters, member));
    this.#executedIn = new Uint32Array(instructions.length);
    this.#addedIn = new Uint32Array(instructions.length);
    this.#set = new Uint16Array(Math.ceil(instructions.length / SET_BITS));
    this.matched = { before: 'other', instructions: [], next: [], matchesAtEnd: true };
    this.matched.next.push(...members.map(() => this.matched));
    this.start = this.#state('lineStart', [program.start]);
  }

  snapshotOf(state: State): StateSnapshot {
    const programSize = this.#program.instructions.length;
    const { before, instructions } = state;
    return { isMatched: state === this.matched, before, instructions, programSize };
  }

  /** The state of a snapshot; the start of a line for one of another program, of a daemon that compiled differently. */
  restored({ isMatched, before, instructions, programSize }: StateSnapshot): State {
    if (programSize !== this.#program.instructions.length) return this.start;
    return isMatched ? this.matched : this.#state(before, instructions);
  }

  /** The state after a character of this class. */
  step(state: State, characterClass: number): State {
    const known = state.next[characterClass];
    if (known) return known;
    const isWord = this.#isWordClass[characterClass] ?? false;
    const next = this.#execute(
      state,
      isWord ? 'wordCharacter' : 'other',
      this.#takes[characterClass] ?? null,
    );
    state.next[characterClass] = next;
    return next;
  }

  /** Whether the line matches if it ends here. */
  matchesAtEnd(state: State): boolean {
    state.matchesAtEnd ??= this.#execute(state, 'lineEnd', null) === this.matched;
    return state.matchesAtEnd;
  }

  /** Executes everything up to the next character, and takes that; null at the end of the line. */
  #execute({ before, instructions }: State, after: After, takes: Uint8Array | null): State {
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
          return this.matched;
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
    // A match may begin at every character.
    this.#add(this.#program.start, next);
    return this.#state(after === 'wordCharacter' ? after : 'other', next);
  }

  #add(instruction: number, to: number[]): void {
    if (this.#addedIn[instruction] === this.#round) return;
    this.#addedIn[instruction] = this.#round;
    to.push(instruction);
  }

  /** The only state of this set of instructions. */
  #state(before: Before, instructions: readonly number[]): State {
    const set = this.#set.fill(0);
    for (const each of instructions)
      set[(each / SET_BITS) | 0] = (set[(each / SET_BITS) | 0] ?? 0) | (1 << (each % SET_BITS));
    const key = before[0] + String.fromCharCode(...set);
    const known = this.#states.get(key);
    if (known) return known;
    if (this.#states.size >= maxStates) this.#forgetStates();
    const state: State = { before, instructions, next: [], matchesAtEnd: undefined };
    this.#states.set(key, state);
    return state;
  }

  #forgetStates(): void {
    this.#states.clear();
    this.start = this.#state('lineStart', [this.#program.start]);
  }
}

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
