// Operations on all processes.

import { dialog } from './dialog-store.ts';
import { live } from './feed.ts';
import { useWords } from './messages.ts';
import { ask, everything } from './request-operation.ts';
import { addressOf } from './route.ts';
import { useStore } from './store.ts';

interface ToolbarProps {
  /** Number of processes. */
  readonly count: number;
  readonly onRefresh: () => void;
}

export function Toolbar({ count, onRefresh }: ToolbarProps) {
  const words = useWords();
  const { order } = useStore(live);
  const askAll = (operation: 'restart' | 'stop') => () =>
    ask(words, { operation, targets: [everything], count });
  return (
    <div class="toolbar" role="toolbar" aria-label={words.allProcesses}>
      {order && (
        <a class="button" href={addressOf({ view: 'order' })}>
          {words.order}
        </a>
      )}
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
