// Search matches in the rendered log, and the current one.
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import { findMatches, mark } from './log-search.ts';
import type { LogView } from './log-view.ts';

export interface LogMatches {
  readonly count: number;
  /** Zero-based; -1 before the first step. */
  readonly current: number;
  /** State of the search in the part of the log before the rendered lines. */
  readonly further: 'idle' | 'searching' | 'nothing';
  readonly step: (by: 1 | -1) => void;
  readonly searchBack: () => Promise<void>;
}

/** Also highlights them, until the component is unmounted. */
export function useLogMatches(view: LogView, text: string): LogMatches {
  const { ranges, setRanges } = useDrawnMatches(view, text);
  const [current, setCurrent] = useState(-1);
  const [further, setFurther] = useState<LogMatches['further']>('idle');
  useEffect(() => {
    setCurrent(-1);
    setFurther('idle');
  }, [view, text]);
  // In the same frame as the count.
  useLayoutEffect(() => mark(ranges, current), [ranges, current]);
  useEffect(() => () => mark([], -1), []);
  const goTo = (matches: readonly Range[], index: number) => {
    setCurrent(index);
    matches[index]?.startContainer.parentElement?.scrollIntoView({ block: 'center' });
  };
  const step = (by: 1 | -1) => {
    if (ranges.length === 0) return;
    view.pause();
    const from = current < 0 ? (by > 0 ? -1 : ranges.length) : current;
    goTo(ranges, (from + by + ranges.length) % ranges.length);
  };
  const searchBack = async () => {
    setFurther('searching');
    const isFound = await view.searchBack(text).catch(() => false);
    setFurther(isFound ? 'idle' : 'nothing');
    if (!isFound) return;
    const matches = findMatches(view.place, text);
    setRanges(matches);
    goTo(matches, matches.length - 1);
  };
  return { count: ranges.length, current, further, step, searchBack };
}

/** Debounces the search while a log grows fast. */
const debounceMs = 150;

function useDrawnMatches(view: LogView, text: string) {
  const [ranges, setRanges] = useState<readonly Range[]>([]);
  useEffect(() => {
    let settling: ReturnType<typeof setTimeout>;
    const search = () => setRanges(findMatches(view.place, text));
    const searchSoon = () => {
      clearTimeout(settling);
      settling = setTimeout(search, debounceMs);
    };
    search();
    view.place.addEventListener('drawn', searchSoon);
    return () => {
      clearTimeout(settling);
      view.place.removeEventListener('drawn', searchSoon);
    };
  }, [view, text]);
  return { ranges, setRanges };
}
