// Searches a log: first the rendered lines, then older ones.
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { type LogMatches, useLogMatches } from './log-matches.ts';
import type { LogView } from './log-view.ts';
import { useWords } from './messages.ts';

export function LogSearch({ view }: { readonly view: LogView }) {
  const words = useWords();
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const matches = useLogMatches(view, text);
  useFocusKey(field);
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
          if (event.key === 'Enter') matches.step(event.shiftKey ? 1 : -1);
          if (event.key === 'Escape') field.current?.blur();
        }}
      />
      {text !== '' && <Matches {...matches} />}
    </span>
  );
}

function Matches({ count, current, further, step, searchBack }: LogMatches) {
  const words = useWords();
  const texts = {
    idle: words.matches(current + 1, count),
    searching: words.searching,
    nothing: words.notFound,
  };
  return (
    <>
      <span class="matches" role="status">
        {texts[further]}
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
