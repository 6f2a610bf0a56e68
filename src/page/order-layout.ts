// Where the drawing of the order of start has its boxes and lines: a lane is a column, and a line that skips a lane gets
// a place of its own in it, so that it does not run behind boxes. Pure; in pixels.
import type { UnitView } from '../http/ui/api-types.ts';
import type { Order } from './order.ts';

export const boxWidth = 224;
export const boxHeight = 82;
const gapX = 76;
const gapY = 16;
/** Height of a line that passes a lane. */
const passHeight = 8;
/** More lines are a tangle: then there are none. */
const maxLines = 500;

export interface Box {
  readonly unit: UnitView;
  readonly x: number;
  readonly y: number;
}

/** From a unit to one that depends on it; `need`: the index of that dependency. */
export interface Line {
  readonly from: UnitView;
  readonly to: UnitView;
  readonly need: number;
  /** Of SVG. */
  readonly path: string;
  /** Where it ends. */
  readonly x: number;
  readonly y: number;
}

export interface Layout {
  /** By lane, from the top down. */
  readonly lanes: readonly (readonly Box[])[];
  readonly lines: readonly Line[];
  readonly width: number;
  readonly height: number;
}

/** The path of an arrowhead that points to the right. */
export function arrowAt(x: number, y: number): string {
  return `M${x - 7},${y - 4}L${x},${y}L${x - 7},${y + 4}`;
}

export function layoutOf(order: Order): Layout {
  const drawing = new Drawing(order);
  const { lanes } = drawing;
  const boxes = lanes.map((places, lane) =>
    places.flatMap(({ unit, y }) => (unit ? [{ unit, x: laneX(lane), y }] : [])),
  );
  return {
    lanes: boxes,
    lines: drawing.lines(),
    width: laneX(lanes.length) - gapX,
    height: Math.max(0, ...lanes.map((places) => bottomOf(places.at(-1)))),
  };
}

/** A box, or where a line passes a lane. */
interface Place {
  /** Null where a line passes. */
  readonly unit: UnitView | null;
  readonly height: number;
  /** Places in the lane before that lines come from. */
  readonly inputs: Set<Place>;
  y: number;
}

interface Edge {
  readonly from: UnitView;
  readonly to: UnitView;
  readonly need: number;
  /** From the box of one to that of the other, one place in each lane. */
  readonly way: readonly Place[];
}

class Drawing {
  readonly lanes: Place[][] = [];
  readonly #boxes = new Map<UnitView, Place>();
  /** Of each unit, where its lines pass the lanes after its own. */
  readonly #passes = new Map<UnitView, Place[]>();
  readonly #edges: readonly Edge[];

  constructor(order: Order) {
    for (const unit of order.view.units) this.#boxes.set(unit, this.#place(unit.lane, unit, boxHeight));
    const edges = order.view.units.flatMap((to) =>
      to.needs.flatMap(({ target }, need) => order.unitsOf(target).map((from) => ({ from, to, need }))),
    );
    this.#edges = edges.length > maxLines ? [] : edges.map((edge) => ({ ...edge, way: this.#way(edge) }));
    for (const places of this.lanes) arrange(places);
  }

  lines(): Line[] {
    const ends = new Map([...Map.groupBy(this.#edges, ({ to }) => to)].flatMap(([, edges]) => spread(edges)));
    return this.#edges.map((edge) => {
      const y = ends.get(edge) ?? 0;
      return { ...edge, path: pathOf(edge, y), x: laneX(edge.to.lane), y };
    });
  }

  #place(lane: number, unit: UnitView | null, height: number): Place {
    const place: Place = { unit, height, inputs: new Set(), y: 0 };
    while (this.lanes.length <= lane) this.lanes.push([]);
    this.lanes[lane]?.push(place);
    return place;
  }

  #way({ from, to }: Omit<Edge, 'way'>): Place[] {
    const passes = this.#passes.get(from) ?? [];
    this.#passes.set(from, passes);
    while (passes.length < to.lane - from.lane - 1) {
      passes.push(this.#place(from.lane + 1 + passes.length, null, passHeight));
    }
    const ends = [from, to].flatMap((unit) => this.#boxes.get(unit) ?? []);
    const way = ends.toSpliced(1, 0, ...passes.slice(0, to.lane - from.lane - 1));
    way.forEach((place, index) => {
      const before = way[index - 1];
      if (before) place.inputs.add(before);
    });
    return way;
  }
}

/** Each near what it comes from, one below the other. The lane before has been arranged. */
function arrange(places: Place[]): void {
  const wanted = new Map(
    places.map((place, index) => [place, meanOf([...place.inputs].map(middle)) ?? index]),
  );
  places.sort((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0));
  let y = 0;
  for (const place of places) {
    place.y = y;
    y = bottomOf(place) + gapY;
  }
}

/** The lines that end at one box, spread over its side. */
function spread(edges: readonly Edge[]): (readonly [Edge, number])[] {
  const sorted = edges.toSorted((a, b) => middle(a.way.at(-2)) - middle(b.way.at(-2)));
  return sorted.map((edge, index) => {
    const top = edge.way.at(-1)?.y ?? 0;
    return [edge, Math.round(top + (boxHeight * (index + 1)) / (edges.length + 1))];
  });
}

function pathOf({ from, to, way }: Edge, endY: number): string {
  const parts = [`M${laneX(from.lane) + boxWidth},${middle(way[0])}`];
  let y = middle(way[0]);
  way.slice(1, -1).forEach((pass, index) => {
    const lane = from.lane + 1 + index;
    parts.push(curve(lane, y, middle(pass)), `H${laneX(lane) + boxWidth}`);
    y = middle(pass);
  });
  parts.push(curve(to.lane, y, endY));
  return parts.join('');
}

/** Across the gap before a lane. */
function curve(lane: number, from: number, to: number): string {
  const x = laneX(lane);
  const between = x - gapX / 2;
  return `C${between},${from} ${between},${to} ${x},${to}`;
}

function laneX(lane: number): number {
  return lane * (boxWidth + gapX);
}

function middle(place: Place | undefined): number {
  return place ? place.y + place.height / 2 : 0;
}

function bottomOf(place: Place | undefined): number {
  return place ? place.y + place.height : 0;
}

function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
