// Searching a log: in what is drawn, then further back.
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { findMatches, mark } from './log-search.ts';
import type { LogView } from './log-view.ts';
import { useWords } from './words.ts';

/** While a log grows fast, it is not searched at each piece. */
const SETTLE_MS = 150;

export function LogSearch({ view }: { readonly view: LogView }) {
  const words = useWords();
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const [ranges, setRanges] = useState<readonly Range[]>([]);
  const [current, setCurrent] = useState(-1);
  const [further, setFurther] = useState<'idle' | 'searching' | 'nothing'>('idle');
  useFocusKey(field);
  useEffect(() => {
    let settling: ReturnType<typeof setTimeout>;
    const search = () => setRanges(findMatches(view.place, text));
    const searchSoon = () => {
      clearTimeout(settling);
      settling = setTimeout(search, SETTLE_MS);
    };
    search();
    setCurrent(-1);
    setFurther('idle');
    view.place.addEventListener('drawn', searchSoon);
    return () => {
      clearTimeout(settling);
      view.place.removeEventListener('drawn', searchSoon);
    };
  }, [view, text]);
  useEffect(() => mark(ranges, current), [ranges, current]);
  useEffect(() => () => mark([], -1), []);
  const step = (by: number) => {
    if (ranges.length === 0) return;
    view.pause();
    const from = current < 0 ? (by > 0 ? -1 : ranges.length) : current;
    const next = (from + by + ranges.length) % ranges.length;
    setCurrent(next);
    ranges[next]?.startContainer.parentElement?.scrollIntoView({ block: 'center' });
  };
  const searchBack = async () => {
    setFurther('searching');
    const isFound = await view.searchBack(text).catch(() => false);
    setFurther(isFound ? 'idle' : 'nothing');
    if (!isFound) return;
    const matches = findMatches(view.place, text);
    setRanges(matches);
    setCurrent(matches.length - 1);
    matches.at(-1)?.startContainer.parentElement?.scrollIntoView({ block: 'center' });
  };
  return (
    <span class="search">
      <input
        ref={field}
        type="search"
        placeholder={`${words.search}  ( / )`}
        aria-label={words.search}
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') step(event.shiftKey ? 1 : -1);
          if (event.key === 'Escape') field.current?.blur();
        }}
      />
      {text !== '' && (
        <>
          <span class="matches" role="status">
            {further === 'searching'
              ? words.searching
              : further === 'nothing'
                ? words.notFound
                : words.matches(current + 1, ranges.length)}
          </span>
          <button type="button" class="icon" aria-label={words.previous} onClick={() => step(-1)}>
            ↑
          </button>
          <button type="button" class="icon" aria-label={words.next} onClick={() => step(1)}>
            ↓
          </button>
          <button type="button" disabled={further === 'searching'} onClick={() => void searchBack()}>
            {words.searchBack}
          </button>
        </>
      )}
    </span>
  );
}

function useFocusKey(field: { readonly current: HTMLInputElement | null }): void {
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== '/' || event.target instanceof HTMLInputElement) return;
      event.preventDefault();
      field.current?.focus();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}
