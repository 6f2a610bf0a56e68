import { describe, expect, test } from 'bun:test';
import { loadConfig } from '../../../../src/config/load.ts';
import { systemHost } from '../../../../src/config/system-host.ts';
import { neverStarted, type ProcessState } from '../../../../src/supervisor/lifecycle/process-state.ts';
import { stoppingMs, stopTimeoutMs } from '../../../../src/supervisor/lifecycle/stop-timeout.ts';

function budgetOf(programs: string): number {
  const text = `[supervisord]\n${programs}`;
  const host = { ...systemHost(), exists: () => true, isFile: () => true, readFile: () => Buffer.from(text) };
  return stopTimeoutMs(loadConfig({ path: '/etc/supervisord.conf', overrides: {}, host }).groups);
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

  test('counts a hook that may still run at the end', () => {
    const program = (more: string) => budgetOf(`[program:a]\ncommand=/bin/cat\n${more}\n`);
    expect(program('on_exit=/bin/true') - program('')).toBe(10_000);
    expect(program('on_fatal=mailto:root') - program('')).toBe(10_000);
  });
});

describe('the time until everything that stops has surely been killed', () => {
  const life = (state: ProcessState) => ({ life: { ...neverStarted, state } });
  const running = life({ name: 'RUNNING', pid: 7 });
  const stopping = (killAt: number) => life({ name: 'STOPPING', pid: 8, since: 0, killAt });

  test('is none while nothing stops', () => {
    expect(stoppingMs([running], 1000)).toBeNull();
  });

  test('is that of the slowest, with the same margin whenever that is', () => {
    const margin = stoppingMs([stopping(1000)], 5000) ?? 0;
    expect(margin).toBeGreaterThan(0);
    expect(stoppingMs([running, stopping(9000), stopping(6000)], 5000)).toBe(4000 + margin);
  });
});
