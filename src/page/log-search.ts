// Finds and highlights a text in the rendered lines without modifying them.

/** Further matches are not highlighted. */
const maxMatches = 2000;

/** Case-insensitive; does not match across colour changes. */
export function findMatches(place: HTMLElement, text: string): readonly Range[] {
  const wanted = text.toLowerCase();
  if (wanted === '') return [];
  const ranges: Range[] = [];
  const walker = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node && ranges.length < maxMatches; node = walker.nextNode()) {
    const content = node.textContent?.toLowerCase() ?? '';
    for (let at = content.indexOf(wanted); at >= 0; at = content.indexOf(wanted, at + wanted.length)) {
      const range = new Range();
      range.setStart(node, at);
      range.setEnd(node, Math.min(at + wanted.length, node.textContent?.length ?? 0));
      ranges.push(range);
    }
  }
  return ranges;
}

/** Highlights all matches, the current one in a different colour, if the browser supports it. */
export function mark(ranges: readonly Range[], current: number): void {
  if (!('highlights' in CSS)) return;
  CSS.highlights.set('match', new Highlight(...ranges));
  const one = ranges[current];
  CSS.highlights.set('current-match', one ? new Highlight(one) : new Highlight());
}
