// The message about an untrusted path: which path, why, who can change it, what to do.
import type { Editor, UntrustedPath } from './guarded-path.ts';
import { groupById, userById } from './users.ts';

export function explainUntrusted({ subject, reason, untrusted }: UntrustedPath): string {
  return (
    `${subject} is not opened as root: ${reason}, and ${editorText(untrusted.editor)} can change ${untrusted.path}; ` +
    'name a file without links, in a directory that only root can change'
  );
}

/** `user www-data`, `group adm`, `every user`. */
export function editorText(editor: Editor): string {
  switch (editor.kind) {
    case 'user':
      return `user ${userById(editor.uid)?.name ?? editor.uid}`;
    case 'group':
      return `group ${groupById(editor.gid)?.name ?? editor.gid}`;
    case 'everyone':
      return 'every user';
  }
}
