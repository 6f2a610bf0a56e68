// All processes: filter, selection, and operations on all.
import type { RefObject } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { StateName } from '../http/ui/api-types.ts';
import { dialog } from './dialog-store.ts';
import { connect, live } from './feed.ts';
import { useTableKeys } from './keyboard.ts';
import { useWords } from './messages.ts';
import { ProcessTable } from './process-table.tsx';
import { ask } from './request-operation.ts';
import { type Order, type Row, tableRows } from './rows.ts';
import { SelectionBar } from './selection-bar.tsx';
import { folded } from './settings.ts';
import { StateFilter } from './state-filter.tsx';
import { useStore } from './store.ts';
import { Toolbar } from './toolbar.tsx';

export function ProcessesPage() {
  const words = useWords();
  const { processes } = useStore(live);
  const [text, setText] = useState('');
  const [states, setStates] = useState<ReadonlySet<StateName>>(new Set());
  const [order, setOrder] = useState<Order>({ column: 'name', descending: false });
  const [current, setCurrent] = useState<string | null>(null);
  const { selected, onSelect, clearSelection } = useSelection(processes);
  const filter = useRef<HTMLInputElement>(null);
  const rows = useRows(text, states, order);
  useTitle();
  useTableKeys({
    rows,
    current,
    selected,
    onCurrent: setCurrent,
    onSelect,
    onFilter: () => filter.current?.focus(),
    onEscape: () => {
      setText('');
      setStates(new Set());
      clearSelection();
      setCurrent(null);
      filter.current?.blur();
    },
    onMore: (target, count) => dialog.set({ kind: 'actions', targets: [target], title: target, count }),
    onOperation: (operation, targets) => ask(words, { operation, targets, count: targets.length }),
  });
  return (
    <>
      <div class="above">
        <TextFilter field={filter} text={text} onText={setText} />
        <StateFilter processes={processes} states={states} onStates={setStates} />
        <Toolbar count={processes.size} onRefresh={connect} />
      </div>
      {selected.size > 0 && <SelectionBar selected={selected} onClear={clearSelection} />}
      {processes.size > 0 && (
        <ProcessTable {...{ rows, current, selected, order, onSelect }} onOrder={setOrder} />
      )}
      {rows.length === 0 && <Emptiness />}
    </>
  );
}

function useRows(text: string, states: ReadonlySet<StateName>, order: Order): readonly Row[] {
  const { processes, usage } = useStore(live);
  const foldedGroups = useStore(folded);
  // Usage affects the rows only if they are sorted by it.
  const sortedUsage = order.column === 'cpu' || order.column === 'memory' ? usage : null;
  return useMemo(
    () => tableRows(processes.values(), usage, { text, states, order, folded: foldedGroups }),
    [processes, sortedUsage, text, states, order, foldedGroups],
  );
}

function useTitle(): void {
  const words = useWords();
  const { server } = useStore(live);
  useEffect(() => {
    document.title = server ? `${server.identifier} – ${words.title}` : words.title;
  }, [server?.identifier, words]);
}

interface TextFilterProps {
  readonly field: RefObject<HTMLInputElement | null>;
  readonly text: string;
  readonly onText: (text: string) => void;
}

function TextFilter({ field, text, onText }: TextFilterProps) {
  const words = useWords();
  return (
    <input
      ref={field}
      type="search"
      class="filter"
      placeholder={`${words.filter}  ( / )`}
      aria-label={words.filter}
      value={text}
      onInput={({ currentTarget }) => onText(currentTarget.value)}
    />
  );
}

/** Explains an empty table. */
function Emptiness() {
  const words = useWords();
  const { processes, connection } = useStore(live);
  if (processes.size > 0) return <p class="empty">{words.noneChosen}</p>;
  if (connection === 'connecting') return <p class="empty">{words.connecting}</p>;
  return connection === 'up' ? <p class="empty">{words.none}</p> : null;
}

/** Drops removed processes from the selection. */
function useSelection(processes: ReadonlyMap<string, unknown>) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const selected = useMemo(() => new Set([...chosen].filter((id) => processes.has(id))), [chosen, processes]);
  const [actions] = useState(() => ({
    onSelect: (ids: readonly string[], isSelected: boolean) =>
      setChosen((before) => {
        const after = new Set(before);
        for (const id of ids) {
          if (isSelected) after.add(id);
          else after.delete(id);
        }
        return after;
      }),
    clearSelection: () => setChosen(new Set()),
  }));
  return { selected, ...actions };
}
