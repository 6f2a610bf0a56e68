import { describe, expect, test } from 'bun:test';
import { bootText, formatSeconds } from '../../../src/cli/boot-text.ts';
import type { BootProcess, BootReport } from '../../../src/client/boot-report.ts';

function process(
  name: string,
  times: readonly (number | null)[],
  more: Partial<BootProcess> = {},
): BootProcess {
  const [requested = 0, spawned = null, ready = null] = times;
  return {
    ...{ name, group: name, statename: 'RUNNING', description: 'pid 7, uptime 0:00:01', isAtBoot: true },
    ...{ requested: requested ?? 0, spawned, ready, waitedFor: [] },
    ...more,
  };
}

const stack: BootReport = {
  ...{ now: 20, isOver: true, ready: 3.5 },
  processes: [
    process('api', [0, 2.5, 3.5], { group: 'web', waitedFor: [{ name: 'migrate', condition: 'completed' }] }),
    process('cache', [0, 0, 1]),
    process('db', [0, 0, 2]),
    process('migrate', [0, 2, 2.5], { waitedFor: [{ name: 'db', condition: 'ready' }] }),
  ],
  chain: [
    { name: 'api', group: 'web', condition: 'completed' },
    { name: 'migrate', group: 'migrate', condition: 'ready' },
    { name: 'db', group: 'db', condition: '' },
  ],
};

const shown = (report: BootReport, all = false) => bootText(report, { all }).join('\n');

describe('a boot', () => {
  test('shows its time, the chain that took longest, and every process, slowest first', () => {
    expect(shown(stack)).toBe(`Ready after 3.50 s: all 4 processes ready.

The chain that took longest:
  READY AT    TOOK  PROCESS
    3.50 s  1.00 s  web:api  waited for migrate (completed)
    2.50 s  0.50 s  migrate  waited for db (ready)
    2.00 s  2.00 s  db

Time to be ready:
    TOOK  WAITED  PROCESS
  2.00 s          db
  1.00 s  2.50 s  web:api  waited for migrate (completed)
  1.00 s          cache
  0.50 s  2.00 s  migrate  waited for db (ready)`);
  });

  test('shows processes that are not ready with their state and reason', () => {
    const report: BootReport = {
      ...{ ...stack, isOver: false },
      processes: [
        ...stack.processes,
        process('broker', [0, 0], { statename: 'FATAL', description: 'Exited too quickly' }),
        process('worker', [0], { statename: 'STARTING', description: 'waiting for broker (FATAL)' }),
      ],
    };
    expect(shown(report)).toStartWith('Still starting after 20.0 s: 4 of 6 processes ready.\n');
    expect(shown(report)).toEndWith(`
Not ready:
   SINCE  PROCESS  STATE
  20.0 s  broker   FATAL     Exited too quickly
  20.0 s  worker   STARTING  waiting for broker (FATAL)`);
  });

  test('lists processes that were started later apart, as they are no part of it', () => {
    const later = process('again', [3600, 3600, 3601], { isAtBoot: false });
    const report = { ...stack, processes: [...stack.processes, later] };
    expect(shown(report)).toStartWith('Ready after 3.50 s: all 4 processes ready.\n');
    expect(shown(report)).toEndWith(`
Started later:
    TOOK  WAITED  PROCESS
  1.00 s          again`);
  });

  test('says why a chain ends at a process that has waited', () => {
    const report = { ...stack, chain: stack.chain.slice(0, 1) };
    expect(shown(report)).toContain(
      '  3.50 s  1.00 s  web:api  waited for migrate (completed), started again since\n',
    );
  });

  test('has no chain when the last process that was ready did not wait', () => {
    const report = { ...stack, chain: stack.chain.slice(2) };
    expect(shown(report)).not.toContain('The chain that took longest');
  });

  test('of hundreds of programs shows the slowest, and all on request', () => {
    const many = Array.from({ length: 200 }, (_, index) => process(`p${index}`, [0, 0, (index + 1) / 100]));
    const report = { ...stack, processes: many, chain: [] };
    const lines = bootText(report, { all: false });
    expect(lines.length).toBeLessThan(30);
    expect(lines.at(-1)).toBe('  180 more took 1.80 s or less (--all shows them).');
    expect(bootText(report, { all: true }).filter((line) => line.includes('  p')).length).toBe(200);
  });

  test('without any process is told as such', () => {
    expect(shown({ ...stack, ready: null, processes: [], chain: [] })).toBe(
      'No process was started with the daemon, or all have been started again since.',
    );
  });
});

test.each([
  [0, '0.00 s'],
  [9.994, '9.99 s'],
  [9.996, '10.0 s'],
  [59.94, '59.9 s'],
  [59.96, '1 min 00 s'],
  [185, '3 min 05 s'],
  [7500, '2 h 05 min'],
])('%p seconds are written as %p', (seconds, text) => {
  expect(formatSeconds(seconds)).toBe(text);
});
