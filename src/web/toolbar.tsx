// What can be done to all processes, to the configuration and to the daemon.
import { ALL, ask } from './ask.ts';
import { dialog } from './dialog-store.ts';
import { addressOf } from './route.ts';
import { useWords } from './words.ts';
import { reload, shutdown } from './work.ts';

interface ToolbarProps {
  readonly count: number;
  readonly hasMainLog: boolean;
  readonly onRefresh: () => void;
}

export function Toolbar({ count, hasMainLog, onRefresh }: ToolbarProps) {
  const words = useWords();
  const askAll = (operation: 'restart' | 'stop') => () => ask(words, { operation, targets: [ALL], count });
  const grave = (question: string, action: string, onYes: () => Promise<void>) => () =>
    dialog.set({ kind: 'confirm', question, action, isGrave: true, onYes: () => void onYes() });
  return (
    <div class="toolbar" role="toolbar" aria-label={words.columns.actions}>
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
        onClick={() => dialog.set({ kind: 'actions', targets: [ALL], title: words.allProcesses, count })}
      >
        ⋯
      </button>
      <span class="gap" />
      <button type="button" onClick={() => dialog.set({ kind: 'update' })}>
        {words.update}
      </button>
      {hasMainLog && (
        <a class="button" href={addressOf({ view: 'log', id: null, channel: 'stdout' })}>
          {words.mainLog}
        </a>
      )}
      <button type="button" onClick={grave(words.confirmReload, words.reload, reload)}>
        {words.reload}
      </button>
      <button type="button" onClick={grave(words.confirmShutdown, words.shutdown, shutdown)}>
        {words.shutdown}
      </button>
      <button type="button" aria-label={words.keys} onClick={() => dialog.set({ kind: 'keys' })}>
        ?
      </button>
    </div>
  );
}
