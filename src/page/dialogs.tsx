// Renders the open dialog, if any.
import { ActionsDialog } from './actions-dialog.tsx';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { dialog } from './dialog-store.ts';
import { KeysDialog } from './keys-dialog.tsx';
import { useStore } from './store.ts';
import { UpdateDialog } from './update-dialog.tsx';

export function CurrentDialog() {
  const current = useStore(dialog);
  switch (current?.kind) {
    case 'actions':
      return <ActionsDialog {...current} />;
    case 'confirm':
      return <ConfirmDialog {...current} />;
    case 'update':
      return <UpdateDialog />;
    case 'keys':
      return <KeysDialog />;
    default:
      return null;
  }
}
