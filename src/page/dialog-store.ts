// Which dialog is open.
import { Store } from './store.ts';

export type DialogChoice =
  /** `targets`: as the daemon is told; `title`: as people are. `count`: how many processes they are. */
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
