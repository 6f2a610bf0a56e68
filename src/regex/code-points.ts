// Sets of code points as sorted ranges that neither overlap nor touch.

/** First and last code point of each range. */
export type CodePoints = readonly (readonly [number, number])[];

const maxCodePoint = 0x10ffff;

export function union(...sets: readonly CodePoints[]): CodePoints {
  const merged: [number, number][] = [];
  for (const [first, last] of sets.flat().toSorted((a, b) => a[0] - b[0])) {
    const previous = merged.at(-1);
    if (previous && first <= previous[1] + 1) previous[1] = Math.max(previous[1], last);
    else merged.push([first, last]);
  }
  return merged;
}

export function complement(set: CodePoints): CodePoints {
  const gaps: [number, number][] = [];
  let next = 0;
  for (const [first, last] of set) {
    if (first > next) gaps.push([next, first - 1]);
    next = last + 1;
  }
  if (next <= maxCodePoint) gaps.push([next, maxCodePoint]);
  return gaps;
}

export function contains(set: CodePoints, point: number): boolean {
  return set.some(([first, last]) => first <= point && point <= last);
}

/** Adds the other case of every ASCII letter in the set. */
export function inBothCases(set: CodePoints): CodePoints {
  return union(set, shifted(set, upperCase, LOWER - UPPER), shifted(set, lowerCase, UPPER - LOWER));
}

const UPPER = 0x41;
const LOWER = 0x61;
const upperCase = [UPPER, UPPER + 25] as const;
const lowerCase = [LOWER, LOWER + 25] as const;

/** The part of the set within `bounds`, moved by `distance`. */
function shifted(set: CodePoints, [low, high]: readonly [number, number], distance: number): CodePoints {
  return set
    .map(([first, last]) => [Math.max(first, low), Math.min(last, high)] as const)
    .filter(([first, last]) => first <= last)
    .map(([first, last]) => [first + distance, last + distance] as const);
}

export const anything: CodePoints = [[0, maxCodePoint]];
export const digits: CodePoints = [[0x30, 0x39]];
export const wordCharacters: CodePoints = union(digits, [upperCase, lowerCase, [0x5f, 0x5f]]);
/** As of JavaScript. */
export const whiteSpace: CodePoints = union(
  [
    [0x09, 0x0d],
    [0x20, 0x20],
    [0xa0, 0xa0],
    [0x1680, 0x1680],
    [0x2000, 0x200a],
  ],
  [
    [0x2028, 0x2029],
    [0x202f, 0x202f],
    [0x205f, 0x205f],
    [0x3000, 0x3000],
    [0xfeff, 0xfeff],
  ],
);
