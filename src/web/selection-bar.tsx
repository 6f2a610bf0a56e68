// What can be done to the selected processes.
import { ask } from './ask.ts';
import { useWords } from './words.ts';

interface SelectionProps {
  readonly selected: ReadonlySet<string>;
  readonly onClear: () => void;
  readonly onMore: () => void;
}

export function SelectionBar({ selected, onClear, onMore }: SelectionProps) {
  const words = useWords();
  const targets = [...selected];
  return (
    <div class="selection toolbar card" role="toolbar" aria-label={words.selected(selected.size)}>
      <strong>{words.selected(selected.size)}</strong>
      {(['start', 'restart', 'stop', 'clear'] as const).map((operation) => (
        <button
          key={operation}
          type="button"
          onClick={() => ask(words, { operation, targets, count: targets.length })}
        >
          {words[operation]}
        </button>
      ))}
      <button type="button" aria-label={words.more} onClick={onMore}>
        ⋯
      </button>
      <button type="button" onClick={onClear}>
        {words.clearSelection}
      </button>
    </div>
  );
}
