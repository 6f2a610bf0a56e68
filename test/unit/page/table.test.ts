import { describe, expect, test } from 'bun:test';
import type { ProcessView, ServerView } from '../../../src/http/ui/api-types.ts';
import {
  keptSamples,
  nothingKnown,
  withEverything,
  withProcesses,
  withUsage,
} from '../../../src/page/daemon-state.ts';
import { bytes, duration, percent } from '../../../src/page/format.ts';
import { type Choice, type Row, tableRows } from '../../../src/page/rows.ts';
import { segments } from '../../../src/page/timeline-segments.ts';
import { visibleRange } from '../../../src/page/visible-range.ts';

const process = (id: string, more: Partial<ProcessView> = {}): ProcessView => {
  const [group = '', name = ''] = id.split(':');
  return {
    ...{ id, group, name, state: 'RUNNING', pid: 1, started: 100, stopped: 0 },
    ...{
      problem: '',
      statusText: '',
      reloading: false,
      restarts: 0,
      lastExit: null,
      logs: [],
      goal: { kind: 'none' as const },
    },
    ...more,
  };
};
const choice: Choice = {
  text: '',
  states: new Set(),
  order: { column: 'name', descending: false },
  folded: new Set(),
};
const shown = (rows: readonly Row[]) =>
  rows.map((row) => (row.kind === 'group' ? `[${row.group}]` : row.process.id));
const some = [process('web:web-10'), process('web:web-9'), process('cat:cat'), process('pair:b')];

describe('the rows', () => {
  test('stand by group and name, numbers as numbers; a program alone has no group', () => {
    expect(shown(tableRows(some, new Map(), choice))).toEqual([
      ...['cat:cat', '[pair]', 'pair:b', '[web]', 'web:web-9', 'web:web-10'],
    ]);
  });

  test('of folded groups are left out', () => {
    expect(shown(tableRows(some, new Map(), { ...choice, folded: new Set(['web']) }))).toEqual([
      ...['cat:cat', '[pair]', 'pair:b', '[web]'],
    ]);
  });

  test('contain every word that is looked for', () => {
    expect(shown(tableRows(some, new Map(), { ...choice, text: ' WEB  10 ' }))).toEqual([
      '[web]',
      'web:web-10',
    ]);
  });

  test('stand by what they use, the unknown last', () => {
    const usage = new Map([
      ['web:web-9', { cpu: [5], memory: [] }],
      ['cat:cat', { cpu: [1, 7], memory: [] }],
    ]);
    const order = { column: 'cpu', descending: true } as const;
    expect(shown(tableRows(some, usage, { ...choice, order })).slice(0, 2)).toEqual(['cat:cat', 'web:web-9']);
  });

  test('that need attention come first by state', () => {
    const broken = process('z:z', { state: 'FATAL' });
    const order = { column: 'state', descending: false } as const;
    expect(shown(tableRows([...some, broken], new Map(), { ...choice, order }))[0]).toBe('z:z');
  });
});

describe('what is known', () => {
  const server: ServerView = {
    state: 'RUNNING',
    ...{ version: '1', identifier: 's', hostname: 'h', pid: 1, started: 1, now: 50 },
    ...{ configPath: '/c', hasMainLog: true },
  };
  const known = withEverything(nothingKnown, { server, processes: some }, 40);

  test('keeps a process that did not change the same', () => {
    const changed = withProcesses(known, [process('cat:cat', { state: 'STOPPED' })]);
    expect(changed.processes.get('cat:cat')?.state).toBe('STOPPED');
    expect(changed.processes.get('pair:b')).toBe(known.processes.get('pair:b'));
  });

  test("sets the page's clock by the daemon's", () => {
    expect(known.clockAhead).toBe(10);
  });

  test('forgets what is used after three minutes, and of what ended at once', () => {
    let live = known;
    for (let at = 0; at < keptSamples + 5; at += 1)
      live = withUsage(live, { load: [], rows: [['cat:cat', at, 1]] });
    expect(live.usage.get('cat:cat')?.cpu).toHaveLength(keptSamples);
    expect(live.usage.get('cat:cat')?.cpu.at(-1)).toBe(keptSamples + 4);
    expect(withUsage(live, { load: [], rows: [] }).usage.size).toBe(0);
  });
});

describe('the hour of a process', () => {
  test('is in one state when nothing happened', () => {
    expect(segments([], 'RUNNING', 10, 20)).toEqual([{ state: 'RUNNING', from: 10, to: 20 }]);
  });

  test('is in the state before until something happens', () => {
    const exited = { at: 14, from: 'RUNNING', state: 'EXITED', exit: null, problem: '' } as const;
    expect(segments([exited], 'EXITED', 10, 20)).toEqual([
      { state: 'RUNNING', from: 10, to: 14 },
      { state: 'EXITED', from: 14, to: 20 },
    ]);
  });
});

describe('quantities', () => {
  test.each([
    [0, '0:00:00'],
    [3723.9, '1:02:03'],
    [90_061, '1 d 1:01:01'],
    [-5, '0:00:00'],
  ])('%d seconds are %s', (seconds, text) => expect(duration(seconds)).toBe(text));

  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [3_500_000, '3.3 MB'],
    [123_000_000_000, '115 GB'],
  ])('%d bytes are %s', (count, text) => expect(bytes(count)).toBe(text));

  test.each([
    [0, '0 %'],
    [0.4, '0.4 %'],
    [12.6, '13 %'],
    [399.9, '400 %'],
  ])('%d percent are %s', (value, text) => expect(percent(value)).toBe(text));
});

describe('of many rows', () => {
  test.each([
    [1000, 0, { first: 0, end: 35 }],
    [1000, 10_000, { first: 240, end: 285 }],
    [1000, 39_500, { first: 977, end: 1000 }],
    [5, 0, { first: 0, end: 5 }],
    [0, 0, { first: 0, end: 0 }],
  ])('%d, scrolled by %d pixels, are drawn %p', (count, above, range) => {
    expect(visibleRange(count, 40, above, 1000)).toEqual(range);
  });
});
