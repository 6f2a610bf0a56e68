// Operations on the configuration and on the daemon itself.
import { dialog } from './dialog-store.ts';
import { useWords } from './messages.ts';
import { reload, shutdown } from './operations.ts';
import { addressOf } from './route.ts';

export function DaemonActions({ hasMainLog }: { readonly hasMainLog: boolean }) {
  const words = useWords();
  const grave = (question: string, action: string, onYes: () => Promise<void>) => () =>
    dialog.set({ kind: 'confirm', question, action, isGrave: true, onYes: () => void onYes() });
  return (
    <div class="toolbar" role="toolbar" aria-label={words.daemon}>
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
    </div>
  );
}
