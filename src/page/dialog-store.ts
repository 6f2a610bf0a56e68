// The open dialog.
import { Store } from './store.ts';

export type DialogChoice =
  /** `targets`: for the daemon; `title`: for the user. `count`: number of processes. */
  | {
      readonly kind: 'actions';
      readonly targets: readonly string[];
      readonly title: string;
      readonly count: number;
    }
  | {
      readonly kind: 'confirm';
      readonly question: string;
      readonly action: string;
      readonly isGrave: boolean;
      readonly onYes: () => void;
    }
  | { readonly kind: 'update' }
  | { readonly kind: 'keys' };

export const dialog = new Store<DialogChoice | null>(null);

export function closeDialog(): void {
  dialog.set(null);
}
