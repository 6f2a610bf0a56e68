// Escape returns to the list of processes.
import { useLayoutEffect } from 'preact/hooks';
import { dialog } from './dialog-store.ts';
import { go } from './route.ts';

export function useBackKey(): void {
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const inField = event.target instanceof HTMLInputElement;
      if (event.key === 'Escape' && dialog.value === null && !inField) go({ view: 'processes' });
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}
