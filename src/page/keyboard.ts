// Keyboard shortcuts of the table.
import { useLayoutEffect, useRef } from 'preact/hooks';
import { dialog } from './dialog-store.ts';
import { rowKey } from './process-table.tsx';
import { addressOf, go } from './route.ts';
import type { Row } from './rows.ts';
import { toggleFolded } from './settings.ts';

export interface TableKeys {
  readonly rows: readonly Row[];
  readonly current: string | null;
  readonly selected: ReadonlySet<string>;
  readonly onCurrent: (key: string) => void;
  readonly onSelect: (ids: readonly string[], isSelected: boolean) => void;
  readonly onFilter: () => void;
  readonly onEscape: () => void;
  readonly onOperation: (operation: 'start' | 'stop' | 'restart', targets: readonly string[]) => void;
  readonly onMore: (target: string, count: number) => void;
}

/** Active while the table is shown. Keys typed into a field belong to the field. */
export function useTableKeys(keys: TableKeys): void {
  const latest = useRef(keys);
  latest.current = keys;
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || dialog.value !== null) return;
      if (press(event.key, event.target, latest.current)) event.preventDefault();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}

const operationKeys = { r: 'restart', s: 'start', x: 'stop' } as const;

/** Whether the key was handled. */
function press(key: string, target: EventTarget | null, keys: TableKeys): boolean {
  const inField = target instanceof HTMLInputElement && target.type !== 'checkbox';
  if (key === 'Escape') {
    keys.onEscape();
    return true;
  }
  if (key === 'ArrowDown' || key === 'ArrowUp') return move(key === 'ArrowDown' ? 1 : -1, keys);
  if (inField && key === 'Enter') return move(0, keys) && blur(target);
  if (inField || target instanceof HTMLSelectElement) return false;
  if (key === '/') {
    keys.onFilter();
    return true;
  }
  if (key === '?') {
    dialog.set({ kind: 'keys' });
    return true;
  }
  if (key === 'r' || key === 's' || key === 'x') return operate(operationKeys[key], keys);
  // On a button or link these keys activate it.
  if (target instanceof HTMLButtonElement || target instanceof HTMLAnchorElement) return false;
  return pressOnRow(key, keys);
}

function blur(field: HTMLInputElement): true {
  field.blur();
  return true;
}

function move(by: number, { rows, current, onCurrent }: TableKeys): boolean {
  const index = rows.findIndex((row) => rowKey(row) === current);
  const next = rows[index < 0 ? 0 : Math.max(0, Math.min(rows.length - 1, index + by))];
  if (next) onCurrent(rowKey(next));
  return next !== undefined;
}

function currentRow({ rows, current }: TableKeys): Row | undefined {
  return rows.find((row) => rowKey(row) === current);
}

/** On the selection if there is one, else on the current row. */
function operate(operation: 'start' | 'stop' | 'restart', keys: TableKeys): boolean {
  const row = currentRow(keys);
  const targets = keys.selected.size > 0 ? [...keys.selected] : row ? [targetOf(row)] : [];
  if (targets.length === 0) return false;
  keys.onOperation(operation, targets);
  return true;
}

function targetOf(row: Row): string {
  return row.kind === 'group' ? `${row.group}:*` : row.process.id;
}

function pressOnRow(key: string, keys: TableKeys): boolean {
  const row = currentRow(keys);
  if (!row) return false;
  const ids = row.kind === 'group' ? row.members.map(({ id }) => id) : [row.process.id];
  switch (key) {
    case 'Enter':
      if (row.kind === 'group') toggleFolded(row.group);
      else go({ view: 'process', id: row.process.id });
      return true;
    case 'm':
      keys.onMore(targetOf(row), ids.length);
      return true;
    case 'l':
      return row.kind === 'process' && openLog(row);
    case ' ':
      keys.onSelect(ids, !ids.every((id) => keys.selected.has(id)));
      return true;
    default:
      return false;
  }
}

function openLog({ process }: Row & { kind: 'process' }): boolean {
  const [channel] = process.logs;
  if (channel) location.hash = addressOf({ view: 'log', id: process.id, channel });
  return channel !== undefined;
}
