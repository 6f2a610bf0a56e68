// Computes which of many rows of equal height to render. Pure.

export interface Range {
  readonly first: number;
  /** Exclusive. */
  readonly end: number;
}

/** Rows rendered beyond the visible ones on each side, for smooth scrolling. */
const marginPx = 10;

/** `above`: pixels of the table scrolled out of view at the top. */
export function visibleRange(count: number, rowHeight: number, above: number, viewHeight: number): Range {
  const first = Math.floor(above / rowHeight) - marginPx;
  const end = Math.ceil((above + viewHeight) / rowHeight) + marginPx;
  return { first: clamp(first, count), end: clamp(end, count) };
}

function clamp(index: number, count: number): number {
  return Math.max(0, Math.min(index, count));
}
