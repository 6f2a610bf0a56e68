// A modal dialog: the browser traps focus, restores it, and closes it with Escape.
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { closeDialog } from './dialog-store.ts';
import { useWords } from './messages.ts';

interface DialogProps {
  readonly title: string;
  readonly children: ComponentChildren;
  readonly wide?: boolean;
}

export function Dialog({ title, children, wide = false }: DialogProps) {
  const words = useWords();
  const element = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const opened = element.current;
    opened?.showModal();
    return () => opened?.close();
  }, []);
  return (
    <dialog ref={element} class={wide ? 'wide' : ''} aria-labelledby={titleId} onClose={closeDialog}>
      <div class="dialog-head">
        <h2 id={titleId}>{title}</h2>
        <button type="button" class="icon" aria-label={words.close} onClick={closeDialog}>
          ✕
        </button>
      </div>
      {children}
    </dialog>
  );
}
