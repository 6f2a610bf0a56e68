// The table of processes, virtualised: only visible rows are rendered.
import { memo } from 'preact/compat';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Usage } from './daemon-state.ts';
import { live } from './feed.ts';
import { useWords, type Words } from './messages.ts';
import { failures } from './operations.ts';
import type { Column, Order, Row } from './rows.ts';
import { folded } from './settings.ts';
import { useStore } from './store.ts';
import { GroupRow, ProcessRow, rowElementId } from './table-row.tsx';
import { type Range, visibleRange } from './visible-range.ts';

const GroupRowOnce = memo(GroupRow);
const ProcessRowOnce = memo(ProcessRow);

interface TableProps {
  readonly rows: readonly Row[];
  readonly current: string | null;
  readonly selected: ReadonlySet<string>;
  readonly order: Order;
  readonly onOrder: (order: Order) => void;
  readonly onSelect: (ids: readonly string[], isSelected: boolean) => void;
}

/** The row's key for the current row and for lists. */
export function rowKey(row: Row): string {
  return row.kind === 'group' ? `group ${row.group}` : row.process.id;
}

export function ProcessTable({ rows, current, selected, order, onOrder, onSelect }: TableProps) {
  const body = useRef<HTMLDivElement>(null);
  const { range, rowHeight } = useVisibleRange(
    body,
    rows.length,
    rows.findIndex((row) => rowKey(row) === current),
  );
  const { usage } = useStore(live);
  const failed = useStore(failures);
  const foldedGroups = useStore(folded);
  return (
    <div
      class="table card"
      role="grid"
      aria-rowcount={rows.length + 1}
      aria-multiselectable="true"
      aria-label={useWords().allProcesses}
      tabIndex={0}
      {...(current === null ? {} : { 'aria-activedescendant': rowElementId(current) })}
    >
      <TableHead rows={rows} selected={selected} order={order} onOrder={onOrder} onSelect={onSelect} />
      <div ref={body} role="rowgroup" class="rows" style={{ height: `${rows.length * rowHeight}px` }}>
        <div class="drawn" style={{ transform: `translateY(${range.first * rowHeight}px)` }}>
          {rows.slice(range.first, range.end).map((row, place) => {
            const index = range.first + place;
            const key = rowKey(row);
            const common = { index, isCurrent: key === current, onSelect };
            if (row.kind === 'group') {
              const isSelected = row.members.every(({ id }) => selected.has(id));
              return (
                <GroupRowOnce
                  {...{ key, isSelected, ...common, id: row.group, members: row.members }}
                  usage={sumOf(row.members, usage)}
                  isFolded={foldedGroups.has(row.group)}
                />
              );
            }
            const { id } = row.process;
            return (
              <ProcessRowOnce
                {...{ key, id, ...common, process: row.process, inGroup: row.inGroup }}
                isSelected={selected.has(id)}
                usage={usage.get(id)}
                failure={failed.get(id)}
              />
            );
          })}
        </div>
        <div class="row probe" aria-hidden="true" />
      </div>
    </div>
  );
}

/** Follows the window's scroll position; scrolls the current row into view when it changes. */
function useVisibleRange(
  body: { readonly current: HTMLDivElement | null },
  count: number,
  currentIndex: number,
): { readonly range: Range; readonly rowHeight: number } {
  const [rowHeight, setRowHeight] = useState(40);
  const [range, setRange] = useState<Range>({ first: 0, end: 60 });
  useLayoutEffect(() => {
    const measure = () => {
      const element = body.current;
      const probe = element?.querySelector('.probe');
      if (!element || !probe) return;
      const height = probe.getBoundingClientRect().height || 40;
      setRowHeight(height);
      const next = visibleRange(count, height, -element.getBoundingClientRect().top, innerHeight);
      setRange((before) => (before.first === next.first && before.end === next.end ? before : next));
    };
    measure();
    addEventListener('scroll', measure, { passive: true });
    addEventListener('resize', measure);
    return () => {
      removeEventListener('scroll', measure);
      removeEventListener('resize', measure);
    };
  }, [count]);
  useLayoutEffect(() => {
    const element = body.current;
    if (!element || currentIndex < 0) return;
    const top = element.getBoundingClientRect().top + currentIndex * rowHeight;
    // Below the sticky header, above the lower edge.
    if (top < 3 * rowHeight) scrollBy(0, top - 3 * rowHeight);
    else if (top + 2 * rowHeight > innerHeight) scrollBy(0, top + 2 * rowHeight - innerHeight);
  }, [currentIndex]);
  return { range: { first: Math.min(range.first, count), end: Math.min(range.end, count) }, rowHeight };
}

function sumOf(
  members: readonly { readonly id: string }[],
  usage: ReadonlyMap<string, Usage>,
): Usage | undefined {
  const known = members.flatMap(({ id }) => usage.get(id) ?? []);
  if (known.length === 0) return undefined;
  return { cpu: summed(known.map(({ cpu }) => cpu)), memory: summed(known.map(({ memory }) => memory)) };
}

/** Aligned at the newest sample. */
function summed(lists: readonly (readonly number[])[]): readonly number[] {
  const length = Math.max(...lists.map((list) => list.length));
  return Array.from({ length }, (_, index) =>
    lists.reduce((sum, list) => sum + (list.at(index - length) ?? 0), 0),
  );
}

const columns = [
  { name: 'state', column: 'state' },
  { name: 'name', column: 'name' },
  { name: 'description', column: null },
  { name: 'since', column: 'since' },
  { name: 'restarts', column: 'restarts' },
  { name: 'cpu', column: 'cpu' },
  { name: 'memory', column: 'memory' },
  { name: 'exit', column: null },
  { name: 'actions', column: null },
] as const satisfies readonly { readonly name: keyof Words['columns']; readonly column: Column | null }[];

type HeadProps = Omit<TableProps, 'current'>;

function TableHead({ rows, selected, order, onOrder, onSelect }: HeadProps) {
  const words = useWords();
  const ids = rows.flatMap((row) =>
    row.kind === 'group' ? row.members.map(({ id }) => id) : [row.process.id],
  );
  const isAllSelected = ids.length > 0 && ids.every((id) => selected.has(id));
  return (
    <div role="rowgroup" class="head">
      <div role="row" class="row" aria-rowindex={1}>
        <span role="columnheader" class="c-check">
          <input
            type="checkbox"
            checked={isAllSelected}
            aria-label={words.selectAll}
            onChange={({ currentTarget }) => onSelect(ids, currentTarget.checked)}
          />
        </span>
        {columns.map(({ name, column }) => (
          <span
            key={name}
            role="columnheader"
            class={`c-${name}`}
            {...(column === order.column
              ? { 'aria-sort': order.descending ? ('descending' as const) : ('ascending' as const) }
              : {})}
          >
            {column === null ? (
              words.columns[name]
            ) : (
              <button type="button" onClick={() => onOrder(nextOrder(order, column))}>
                {words.columns[name]}
                {column === order.column ? (order.descending ? ' ↓' : ' ↑') : ''}
              </button>
            )}
          </span>
        ))}
      </div>
    </div>
  );
}

/** Numeric columns start in descending order. */
function nextOrder(order: Order, column: Column): Order {
  if (order.column === column) return { column, descending: !order.descending };
  return { column, descending: column !== 'name' && column !== 'state' };
}
