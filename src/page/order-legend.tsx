// What the lines of the drawing mean: of those that are drawn.
import { useWords } from './messages.ts';
import { arrowAt } from './order-layout.ts';
import type { DrawnLine } from './order-lines.ts';

export function OrderLegend({ lines }: { readonly lines: readonly DrawnLine[] }) {
  const words = useWords();
  const drawn = new Set(lines.map(({ status }) => status));
  if (drawn.size === 0) return null;
  return (
    <p class="legend" aria-hidden="true">
      {(['met', 'unmet', 'stuck'] as const)
        .filter((status) => drawn.has(status))
        .map((status) => (
          <span key={status}>
            <svg class={`edges ${status}`} aria-hidden="true" viewBox="0 0 36 10">
              <path d="M0,5H36" />
              <path class="arrow" d={arrowAt(36, 5)} />
            </svg>
            {words.dependencyStatus[status]}
          </span>
        ))}
      {lines.some(({ isOnChain }) => isOnChain) && (
        <span>
          <svg class="edges met" aria-hidden="true" viewBox="0 0 36 10">
            <g class="chain">
              <path d="M0,5H36" />
            </g>
          </svg>
          {words.onChain}
        </span>
      )}
    </p>
  );
}
