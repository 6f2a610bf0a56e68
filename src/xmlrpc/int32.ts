// Integers within the range of XML-RPC's `<int>`.

const maxInt = 2 ** 31 - 1;

/** Caps a number at the maximum of `<int>`. */
export function fittingInt(number: number): number {
  return Math.min(number, maxInt);
}
