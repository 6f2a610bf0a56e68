// All operations on a process, a group, a selection or all processes.
import { useState } from 'preact/hooks';
import type { Operation } from '../http/ui/api-types.ts';
import { Dialog } from './dialog.tsx';
import { closeDialog } from './dialog-store.ts';
import { live } from './feed.ts';
import { useWords } from './messages.ts';
import { ask } from './request-operation.ts';
import { addressOf } from './route.ts';
import { useStore } from './store.ts';

interface ActionsProps {
  readonly targets: readonly string[];
  readonly title: string;
  readonly count: number;
}

const operations: readonly Exclude<Operation, 'signal'>[] = ['start', 'restart', 'stop', 'clear'];
const signals = ['HUP', 'INT', 'QUIT', 'TERM', 'USR1', 'USR2', 'WINCH', 'CONT', 'STOP', 'ABRT', 'KILL'];

export function ActionsDialog({ targets, title, count }: ActionsProps) {
  const words = useWords();
  const [signal, setSignal] = useState('HUP');
  const wish = (operation: Operation) => {
    closeDialog();
    ask(words, { operation, targets, count, ...(operation === 'signal' ? { signal } : {}) });
  };
  return (
    <Dialog title={title}>
      <div class="actions">
        {operations.map((operation) => (
          <button key={operation} type="button" onClick={() => wish(operation)}>
            {words[operation]}
          </button>
        ))}
        <span class="signal">
          <select
            aria-label={words.signal}
            value={signal}
            onChange={({ currentTarget }) => setSignal(currentTarget.value)}
          >
            {signals.map((name) => (
              <option key={name} value={name}>{`SIG${name}`}</option>
            ))}
          </select>
          <button type="button" onClick={() => wish('signal')}>
            {words.send}
          </button>
        </span>
      </div>
      {targets.length === 1 && <Links id={targets[0] ?? ''} />}
    </Dialog>
  );
}

/** Only for single processes. */
function Links({ id }: { readonly id: string }) {
  const words = useWords();
  const process = useStore(live).processes.get(id);
  if (!process) return null;
  return (
    <p class="links">
      {process.logs.map((channel) => (
        <a key={channel} href={addressOf({ view: 'log', id, channel })} onClick={closeDialog}>
          {words.logOf[channel]}
        </a>
      ))}
      <a href={addressOf({ view: 'process', id })} onClick={closeDialog}>
        {words.details}
      </a>
    </p>
  );
}
