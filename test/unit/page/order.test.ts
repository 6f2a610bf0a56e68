import { describe, expect, test } from 'bun:test';
import type { Condition, OrderView, ProcessView, UnitView } from '../../../src/http/ui/api-types.ts';
import { Order, OrderNow } from '../../../src/page/order.ts';
import { nextBox } from '../../../src/page/order-keys.ts';
import { type Box, boxHeight, boxWidth, layoutOf } from '../../../src/page/order-layout.ts';

interface Description {
  readonly lane: number;
  readonly needs?: readonly string[];
  readonly count?: number;
  readonly oneshot?: boolean;
}

/** Units by name; a need is the name of a unit, with `=condition` or not. */
function orderOf(described: Readonly<Record<string, Description>>): OrderView {
  const names = [
    ...new Set(
      Object.values(described).flatMap(({ needs = [] }) => needs.map((need) => need.split('=')[0] ?? '')),
    ),
  ];
  const idsOf = (name: string) =>
    Array.from(
      { length: described[name]?.count ?? (described[name] ? 1 : 0) },
      (_, index) => `${name}:${index}`,
    );
  const conditions: readonly Condition[] = ['started', 'ready', 'healthy', 'completed', 'ended'];
  return {
    units: Object.entries(described).map(
      ([name, { lane, needs = [], oneshot = false }]): UnitView => ({
        ...{ name, lane, oneshot, ids: idsOf(name), stopsWith: [], restartsWith: [] },
        needs: needs.map((need) => ({
          target: names.indexOf(need.split('=')[0] ?? ''),
          condition: conditions.find((condition) => condition === need.split('=')[1]) ?? null,
        })),
      }),
    ),
    targets: names.map((name) => ({ name, ids: idsOf(name) })),
  };
}

function process(id: string, state: ProcessView['state'], meets: readonly Condition[]): ProcessView {
  const [group = '', name = ''] = id.split(':');
  return {
    ...{
      id,
      group,
      name,
      state,
      pid: 0,
      started: 0,
      stopped: 0,
      problem: '',
      restarts: 0,
      lastExit: null,
      logs: [],
    },
    ...{ goal: { kind: 'none' }, statusText: '', reloading: false },
    start: { requested: 1, waited: 0, took: null, meets },
  };
}

const running: readonly Condition[] = ['started', 'ready', 'healthy'];

function now(view: OrderView, ...processes: readonly ProcessView[]): OrderNow {
  return new OrderNow(new Order(view), new Map(processes.map((one) => [one.id, one])));
}

function unitNamed(view: OrderView, name: string): UnitView {
  const found = view.units.find((unit) => unit.name === name);
  if (!found) throw new Error(`no unit ${name}`);
  return found;
}

describe('a dependency', () => {
  const view = orderOf({
    db: { lane: 0, count: 2 },
    migrate: { lane: 0, oneshot: true },
    web: { lane: 1, needs: ['db', 'migrate', 'db=started', 'gone'] },
  });
  const ofWeb = (...processes: readonly ProcessView[]) =>
    now(view, ...processes)
      .dependenciesOf(unitNamed(view, 'web'))
      .map(({ name, condition, status }) => `${name} ${condition} ${status}`);

  test('is met when all processes of the name meet its condition', () => {
    expect(
      ofWeb(
        process('db:0', 'RUNNING', running),
        process('db:1', 'STARTING', ['started']),
        process('migrate:0', 'EXITED', ['completed', 'ended']),
      ),
    ).toEqual(['db ready unmet', 'migrate completed met', 'db started met', 'gone ready stuck']);
  });

  test('is stuck when a process that does not meet it is down', () => {
    expect(
      ofWeb(
        process('db:0', 'FATAL', ['ended']),
        process('db:1', 'RUNNING', running),
        process('migrate:0', 'RUNNING', running),
      ),
    ).toEqual(['db ready stuck', 'migrate completed unmet', 'db started stuck', 'gone ready stuck']);
  });
});

test('a unit of several processes shows the one that needs attention most', () => {
  const view = orderOf({ db: { lane: 0, count: 3 }, web: { lane: 1, needs: ['db'] } });
  const states = [
    process('db:0', 'RUNNING', running),
    process('db:1', 'FATAL', []),
    process('db:2', 'STARTING', []),
  ] as const;
  const present = now(view, ...states);
  expect(present.shownOf(unitNamed(view, 'db'))).toBe(states[1]);
  expect(present.runningOf(unitNamed(view, 'db'))).toBe(1);
  expect(present.shownOf(unitNamed(view, 'web'))).toBeUndefined();
});

const stack = orderOf({
  db: { lane: 0 },
  cache: { lane: 0 },
  migrate: { lane: 1, needs: ['db'] },
  api: { lane: 2, needs: ['migrate', 'cache'] },
  web: { lane: 3, needs: ['api', 'db'] },
});

describe('the drawing', () => {
  const order = new Order(stack);
  const layout = layoutOf(order);

  test('has each unit in the column of its lane, without overlap', () => {
    expect(layout.lanes.map((lane) => lane.map(({ unit }) => unit.name))).toEqual([
      ...[['db', 'cache'], ['migrate'], ['api'], ['web']],
    ]);
    expect(overlaps(layout.lanes.flat())).toEqual([]);
    expect(layout.width).toBe((layout.lanes[3]?.[0]?.x ?? 0) + boxWidth);
  });

  test('has a line for each dependency, ending at different heights of a box', () => {
    expect(layout.lines.map(({ from, to, need }) => [from.name, to.name, need])).toEqual([
      ['db', 'migrate', 0],
      ['migrate', 'api', 0],
      ['cache', 'api', 1],
      ['api', 'web', 0],
      ['db', 'web', 1],
    ]);
    for (const { unit, y } of layout.lanes.flat()) {
      const ends = layout.lines.filter(({ to }) => to === unit).map((line) => line.y);
      expect(new Set(ends).size).toBe(ends.length);
      for (const end of ends) expect(end > y && end < y + boxHeight).toBe(true);
    }
  });

  test('leads lines that skip a lane past its boxes', () => {
    const [skipping] = layout.lines.filter(({ from, to }) => from.name === 'db' && to.name === 'web');
    const levels = [...(skipping?.path ?? '').matchAll(/ (\d+),(\d+)H\d+/g)].map(([, x, y]) => [
      Number(x),
      Number(y),
    ]);
    expect(levels.map(([x]) => x)).toEqual([layout.lanes[1]?.[0]?.x, layout.lanes[2]?.[0]?.x]);
    for (const [x = 0, y = 0] of levels) {
      const hit = layout.lanes.flat().filter((box) => box.x === x && y > box.y && y < box.y + boxHeight);
      expect(hit).toEqual([]);
    }
  });

  test('with too many lines to follow has none', () => {
    const many = orderOf({ all: { lane: 0, count: 1 }, ...tangle() });
    const { lines, lanes } = layoutOf(new Order(many));
    expect(lines).toEqual([]);
    expect(lanes.flat()).toHaveLength(61);
  });

  test('is left through the graph with the arrow keys', () => {
    const go = (name: string, key: string) => nextBox(key, unitNamed(stack, name), layout, order)?.name;
    expect(go('db', 'ArrowRight')).toBe('migrate');
    expect(go('web', 'ArrowLeft')).toBe('api');
    expect(go('db', 'ArrowDown')).toBe('cache');
    expect(go('cache', 'ArrowUp')).toBe('db');
    expect(go('cache', 'ArrowDown')).toBeUndefined();
    expect(go('db', 'ArrowLeft')).toBeUndefined();
    expect(go('db', 'Home')).toBeUndefined();
  });
});

/** Thirty units, each of which thirty others depend on. */
function tangle(): Record<string, Description> {
  const first = Array.from({ length: 30 }, (_, index) => `a${index}`);
  return {
    ...Object.fromEntries(first.map((name) => [name, { lane: 0 }])),
    ...Object.fromEntries(first.map((name) => [`b${name}`, { lane: 1, needs: first }])),
  };
}

function overlaps(boxes: readonly Box[]): unknown[] {
  return boxes.flatMap((a, index) =>
    boxes
      .slice(index + 1)
      .filter((b) => Math.abs(a.x - b.x) < boxWidth && Math.abs(a.y - b.y) < boxHeight)
      .map((b) => [a.unit.name, b.unit.name]),
  );
}
