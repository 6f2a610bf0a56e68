// Operations on all processes.

import { dialog } from './dialog-store.ts';
import { useWords } from './messages.ts';
import { ask, everything } from './request-operation.ts';

interface ToolbarProps {
  /** Number of processes. */
  readonly count: number;
  readonly onRefresh: () => void;
}

export function Toolbar({ count, onRefresh }: ToolbarProps) {
  const words = useWords();
  const askAll = (operation: 'restart' | 'stop') => () =>
    ask(words, { operation, targets: [everything], count });
  return (
    <div class="toolbar" role="toolbar" aria-label={words.allProcesses}>
      <button type="button" onClick={onRefresh}>
        {words.refresh}
      </button>
      <button type="button" onClick={askAll('restart')}>
        {words.restartAll}
      </button>
      <button type="button" onClick={askAll('stop')}>
        {words.stopAll}
      </button>
      <button
        type="button"
        aria-label={`${words.more}: ${words.allProcesses}`}
        onClick={() =>
          dialog.set({ kind: 'actions', targets: [everything], title: words.allProcesses, count })
        }
      >
        ⋯
      </button>
    </div>
  );
}
