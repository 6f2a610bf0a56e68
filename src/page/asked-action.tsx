// Handles what the URL asks for: show a message, or an action from another site's link. The daemon did not perform
// that action; the user can confirm it.
import { useEffect, useState } from 'preact/hooks';
import { classicRequest } from './classic-request.ts';
import { closeDialog, dialog } from './dialog-store.ts';
import { live } from './feed.ts';
import { useWords } from './messages.ts';
import { operate } from './operations.ts';
import { useStore } from './store.ts';

const asked = new URLSearchParams(globalThis.location?.search);

export function AskedAction() {
  const words = useWords();
  const [message, setMessage] = useState(asked.get('message'));
  const isReady = useStore(live).server !== null;
  useEffect(() => {
    const request = classicRequest(asked.get('action') ?? '', asked.get('processname'));
    if (!isReady || !request) return;
    const title = `${words[request.operation]} ${asked.get('processname') ?? words.allProcesses}`;
    dialog.set({
      kind: 'confirm',
      question: words.askedByLink(title),
      action: words.doIt,
      isGrave: true,
      onYes: () => void operate(request),
    });
    // Going back or reloading must not ask again.
    history.replaceState(null, '', './');
    asked.delete('action');
    return closeDialog;
  }, [isReady]);
  if (message === null) return null;
  const forget = () => {
    setMessage(null);
    history.replaceState(null, '', `./${location.hash}`);
  };
  return (
    <div class="works">
      <section class="work" role="status">
        <p>
          <span class="status_msg">{message}</span>
          <button type="button" class="icon" aria-label={words.dismiss} onClick={forget}>
            ✕
          </button>
        </p>
      </section>
    </div>
  );
}
