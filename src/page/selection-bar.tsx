// Operations on the selected processes.

import { dialog } from './dialog-store.ts';
import { useWords } from './messages.ts';
import { ask } from './request-operation.ts';

interface SelectionProps {
  readonly selected: ReadonlySet<string>;
  readonly onClear: () => void;
}

export function SelectionBar({ selected, onClear }: SelectionProps) {
  const words = useWords();
  const targets = [...selected];
  const title = words.selected(selected.size);
  return (
    <div class="selection toolbar card" role="toolbar" aria-label={title}>
      <strong>{title}</strong>
      {(['start', 'restart', 'stop', 'clear'] as const).map((operation) => (
        <button
          key={operation}
          type="button"
          onClick={() => ask(words, { operation, targets, count: targets.length })}
        >
          {words[operation]}
        </button>
      ))}
      <button
        type="button"
        aria-label={words.more}
        onClick={() => dialog.set({ kind: 'actions', targets, title, count: targets.length })}
      >
        ⋯
      </button>
      <button type="button" onClick={onClear}>
        {words.clearSelection}
      </button>
    </div>
  );
}
