// Boxes for units in lanes, and lines for what they depend on. On narrow screens a list, with the lines as text.
import { useMemo, useRef, useState } from 'preact/hooks';
import type { UnitView } from '../http/ui/api-types.ts';
import { useWords } from './messages.ts';
import type { OrderNow } from './order.ts';
import { nextBox } from './order-keys.ts';
import { arrowAt, type Box, boxHeight, boxWidth, type Layout, type Line, layoutOf } from './order-layout.ts';
import { OrderLegend } from './order-legend.tsx';
import { type DrawnLine, drawnLines } from './order-lines.ts';
import { DependencyList } from './order-text.tsx';
import { addressOf } from './route.ts';
import { StartProgress } from './start-progress.tsx';
import { StateBadge } from './state-badge.tsx';

interface DrawingProps {
  readonly now: OrderNow;
  /** Ids of the chain that took longest, the last first. */
  readonly chain: readonly string[];
}

export function OrderDrawing({ now, chain }: DrawingProps) {
  const words = useWords();
  const { order } = now;
  const layout = useMemo(() => layoutOf(order), [order]);
  const lines = drawnLines(now, layout.lines, chain);
  const [current, setCurrent] = useState<UnitView | null>(null);
  const drawing = useRef<HTMLDivElement>(null);
  const onKey = (event: KeyboardEvent, unit: UnitView) => {
    const next = nextBox(event.key, unit, layout, order);
    if (!next) return;
    event.preventDefault();
    drawing.current?.querySelector<HTMLElement>(`#${CSS.escape(linkId(next))}`)?.focus();
  };
  return (
    <>
      <OrderLegend lines={lines} />
      <div class="drawing card" role="region" aria-label={words.order} tabIndex={0} ref={drawing}>
        <div class="canvas" style={{ '--width': `${layout.width}px`, '--height': `${layout.height}px` }}>
          <Lines {...{ layout, lines, current }} />
          <ol class="lanes">
            {layout.lanes.map((boxes, lane) => (
              <li key={lane}>
                <h3>{words.step(lane + 1)}</h3>
                <ul>
                  {boxes.map((box) => (
                    <UnitBox
                      key={box.unit.ids[0]}
                      {...{ box, now }}
                      onCurrent={setCurrent}
                      onKey={(event) => onKey(event, box.unit)}
                    />
                  ))}
                </ul>
              </li>
            ))}
          </ol>
        </div>
      </div>
    </>
  );
}

interface LinesProps {
  readonly layout: Layout;
  readonly lines: readonly DrawnLine[];
  readonly current: UnitView | null;
}

/** Decorative: each box has the same as text. */
function Lines({ layout: { width, height }, lines, current }: LinesProps) {
  const words = useWords();
  return (
    <svg class="edges" width={width} height={height} aria-hidden="true">
      {lines.map((line, index) => (
        <g key={index} class={`${line.status} ${nearness(line, current)} ${line.isOnChain ? 'chain' : ''}`}>
          <path d={line.path} />
          <path class="arrow" d={arrowAt(line.x, line.y)} />
          {line.condition !== 'ready' && (
            <text x={line.x - 10} y={line.y - 5}>
              {words.conditions[line.condition]}
            </text>
          )}
        </g>
      ))}
    </svg>
  );
}

function nearness({ from, to }: Line, current: UnitView | null): string {
  if (current === null) return '';
  return from === current || to === current ? 'near' : 'far';
}

interface UnitBoxProps {
  readonly box: Box;
  readonly now: OrderNow;
  readonly onCurrent: (unit: UnitView | null) => void;
  readonly onKey: (event: KeyboardEvent) => void;
}

function UnitBox({ box: { unit, x, y }, now, onCurrent, onKey }: UnitBoxProps) {
  const words = useWords();
  const shown = now.shownOf(unit);
  if (!shown) return null;
  const count = unit.ids.length;
  return (
    <li
      class={`unit ${shown.state}`}
      style={{ '--x': `${x}px`, '--y': `${y}px`, '--width': `${boxWidth}px`, '--height': `${boxHeight}px` }}
      onMouseEnter={() => onCurrent(unit)}
      onMouseLeave={() => onCurrent(null)}
      onFocusIn={() => onCurrent(unit)}
      onFocusOut={() => onCurrent(null)}
    >
      <p class="unit-name">
        <a
          id={linkId(unit)}
          href={addressOf({ view: 'process', id: shown.id })}
          title={shown.id}
          onKeyDown={onKey}
        >
          {unit.name}
        </a>
        {count > 1 && <span> ×{count}</span>}
      </p>
      <p class="unit-state">
        <StateBadge state={shown.state} completed={shown.completed} />
        {count > 1 && <span class="muted">{words.runningOf(now.runningOf(unit), count)}</span>}
      </p>
      <p class="unit-times">
        <StartProgress process={shown} />
      </p>
      <DependencyList dependencies={now.dependenciesOf(unit)} isLinked={false} />
    </li>
  );
}

function linkId({ ids: [first = ''] }: UnitView): string {
  return `unit-${encodeURIComponent(first)}`;
}
