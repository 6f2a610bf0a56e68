// The lines of the drawing with what they show now: whether a dependency is met, and which chain took longest. Pure.
import type { Condition } from '../http/ui/api-types.ts';
import type { DependencyStatus, OrderNow } from './order.ts';
import type { Line } from './order-layout.ts';

export interface DrawnLine extends Line {
  readonly status: DependencyStatus;
  readonly condition: Condition;
  readonly isOnChain: boolean;
}

/** `chain`: ids, the last first. */
export function drawnLines(
  now: OrderNow,
  lines: readonly Line[],
  chain: readonly string[],
): readonly DrawnLine[] {
  const before = new Map(
    chain.slice(1).map((id, index) => [now.order.unitOf(chain[index] ?? ''), now.order.unitOf(id)]),
  );
  return lines.flatMap((line) => {
    const dependency = now.dependenciesOf(line.to)[line.need];
    if (!dependency) return [];
    const { status, condition } = dependency;
    return [{ ...line, status, condition, isOnChain: before.get(line.to) === line.from }];
  });
}
