// Integers that every XML-RPC client can take.

const maxInt = 2 ** 31 - 1;

/** Whatever is more than an `<int>` can hold is told as the most that it can. */
export function fittingInt(number: number): number {
  return Math.min(number, maxInt);
}
