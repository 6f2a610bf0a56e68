// Lists the keyboard shortcuts.
import { Dialog } from './dialog.tsx';
import { useWords } from './messages.ts';

export function KeysDialog() {
  const words = useWords();
  return (
    <Dialog title={words.keys}>
      <dl class="keys">
        {words.keyHelp.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
