// Arrow keys in the drawing of the order of start: to what a unit depends on, to what depends on it, and along its lane.
// Pure.
import type { UnitView } from '../http/ui/api-types.ts';
import type { Order } from './order.ts';
import type { Layout } from './order-layout.ts';

/** Undefined if the key leads nowhere. */
export function nextBox(key: string, unit: UnitView, layout: Layout, order: Order): UnitView | undefined {
  const lane = (layout.lanes[unit.lane] ?? []).map((box) => box.unit);
  const place = lane.indexOf(unit);
  switch (key) {
    case 'ArrowUp':
      return place > 0 ? lane[place - 1] : undefined;
    case 'ArrowDown':
      return lane[place + 1];
    case 'ArrowLeft':
      return nearest(
        unit,
        unit.needs.flatMap(({ target }) => order.unitsOf(target)),
      );
    case 'ArrowRight':
      return nearest(unit, order.dependentsOf(unit));
    default:
      return undefined;
  }
}

/** The first in the nearest lane. */
function nearest(unit: UnitView, others: readonly UnitView[]): UnitView | undefined {
  const distance = (other: UnitView) => Math.abs(other.lane - unit.lane);
  return others.toSorted((a, b) => distance(a) - distance(b))[0];
}
