// Divides all code points into classes whose members a program treats alike, so that the automaton has few transitions.
import { type CodePoints, contains, wordCharacters } from './code-points.ts';
import type { Program } from './program.ts';

export class Alphabet {
  /** A code point of each class. */
  readonly members: readonly number[];
  /** The intervals between all bounds: first code point and class of each. */
  readonly #starts: readonly number[];
  readonly #classes: readonly number[];
  readonly #ofAscii: Uint16Array;

  constructor(program: Program) {
    const sets = setsOf(program);
    const bounds = sets.flatMap((set) => set.flatMap(([first, last]) => [first, last + 1]));
    this.#starts = [...new Set([0, ...bounds])].toSorted((a, b) => a - b);
    const known = new Map<string, number>();
    const members: number[] = [];
    this.#classes = this.#starts.map((start) => {
      const membership = sets.map((set) => (contains(set, start) ? 1 : 0)).join('');
      const found = known.get(membership) ?? members.push(start) - 1;
      known.set(membership, found);
      return found;
    });
    this.members = members;
    this.#ofAscii = Uint16Array.from({ length: 128 }, (_, point) => this.#search(point));
  }

  classOf(point: number): number {
    return this.#ofAscii[point] ?? this.#search(point);
  }

  /** The class of the last interval that begins at or before `point`. */
  #search(point: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= point) low = middle;
      else high = middle - 1;
    }
    return this.#classes[low] ?? 0;
  }
}

/** Every set that decides about a character. */
function setsOf({ instructions, hasWordBoundaries }: Program): readonly CodePoints[] {
  const taken = instructions.flatMap((each) => (each.do === 'take' ? [each.of] : []));
  return [...new Set(hasWordBoundaries ? [...taken, wordCharacters] : taken)];
}
