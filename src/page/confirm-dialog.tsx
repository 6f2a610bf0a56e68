// Confirms an operation that affects everything.
import { Dialog } from './dialog.tsx';
import { closeDialog } from './dialog-store.ts';
import { useWords } from './messages.ts';

interface ConfirmProps {
  readonly question: string;
  readonly action: string;
  readonly isGrave: boolean;
  readonly onYes: () => void;
}

export function ConfirmDialog({ question, action, isGrave, onYes }: ConfirmProps) {
  const words = useWords();
  const confirm = () => {
    closeDialog();
    onYes();
  };
  return (
    <Dialog title={action}>
      <p>{question}</p>
      <div class="buttons">
        <button type="button" onClick={closeDialog}>
          {words.cancel}
        </button>
        <button type="button" class={isGrave ? 'grave' : 'main'} onClick={confirm}>
          {action}
        </button>
      </div>
    </Dialog>
  );
}
