// The byte range that a client requests by offset and length. Pure; sizes and offsets in bytes.

export interface Window {
  readonly start: number;
  readonly end: number;
}

/** For read*Log: null for an invalid combination of signs. Negative offsets count from the end. */
export function readWindow(size: number, offset: number, length: number): Window | null {
  if (offset < 0) return length === 0 ? { start: Math.max(0, size + offset), end: size } : null;
  if (length < 0) return null;
  const start = Math.min(offset, size);
  return { start, end: length === 0 ? size : Math.min(size, start + length) };
}

/**
 * For tail*Log: the last `length` bytes if there is data after `offset`, even if they start before it.
 * `overflow`: there is more data after `offset` than fits.
 */
export function tailWindow(
  size: number,
  offset: number,
  length: number,
): Window & { readonly overflow: boolean } {
  const overflow = size > offset + length;
  const nothingNew = !overflow && offset >= size;
  const wanted = nothingNew ? 0 : Math.max(0, length);
  return { start: Math.max(0, size - wanted), end: size, overflow };
}
