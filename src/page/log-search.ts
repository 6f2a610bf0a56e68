// Finds and marks a text in the drawn lines, without changing them.

/** More are not marked. */
const maxMatches = 2000;

/** Upper and lower case alike; a text that is split by colours is found in its parts only. */
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

/** Where the browser can: marks all, and the current one in another colour. */
export function mark(ranges: readonly Range[], current: number): void {
  if (!('highlights' in CSS)) return;
  CSS.highlights.set('match', new Highlight(...ranges));
  const one = ranges[current];
  CSS.highlights.set('current-match', one ? new Highlight(one) : new Highlight());
}
