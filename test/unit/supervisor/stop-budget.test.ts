import { describe, expect, test } from 'bun:test';
import { loadConfig } from '../../../src/config/load.ts';
import { systemHost } from '../../../src/config/system-host.ts';
import { stopBudgetMs } from '../../../src/supervisor/stop-budget.ts';

function budgetOf(programs: string): number {
  const text = `[supervisord]\n${programs}`;
  const host = { ...systemHost(), exists: () => true, isFile: () => true, readFile: () => Buffer.from(text) };
  return stopBudgetMs(loadConfig({ path: '/etc/supervisord.conf', overrides: {}, host }).groups);
}

describe('the time that stopping may take', () => {
  test('is the longest wait of each group, one after the other', () => {
    const nothing = budgetOf('');
    const program = (name: string, seconds: number) =>
      `[program:${name}]\ncommand=/bin/cat\nstopwaitsecs=${seconds}\n`;
    expect(budgetOf(program('a', 20)) - nothing).toBe(20_000);
    expect(budgetOf(program('a', 20) + program('b', 5)) - nothing).toBe(25_000);
    expect(budgetOf(`${program('a', 20)}${program('b', 5)}[group:g]\nprograms=a,b\n`) - nothing).toBe(20_000);
  });
});
