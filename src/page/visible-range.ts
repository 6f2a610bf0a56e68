// Which of many equally high rows are to be drawn. Pure.

export interface Range {
  readonly first: number;
  /** Behind the last. */
  readonly end: number;
}

/** So many more than can be seen, above and below, for whoever scrolls. */
const marginPx = 10;

/** `above`: how many pixels of the table are scrolled out of sight at the top. */
export function visibleRange(count: number, rowHeight: number, above: number, viewHeight: number): Range {
  const first = Math.floor(above / rowHeight) - marginPx;
  const end = Math.ceil((above + viewHeight) / rowHeight) + marginPx;
  return { first: clamp(first, count), end: clamp(end, count) };
}

function clamp(index: number, count: number): number {
  return Math.max(0, Math.min(index, count));
}
