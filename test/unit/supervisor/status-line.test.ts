import { describe, expect, test } from 'bun:test';
import type { StateName } from '../../../src/supervisor/lifecycle/process-state.ts';
import { statusLine } from '../../../src/supervisor/status-line.ts';

function some(count: number, state: StateName, name: string): { qualifiedName: string; state: StateName }[] {
  return Array.from({ length: count }, (_, index) => ({ qualifiedName: `${name}${index}`, state }));
}

describe('the status line', () => {
  test('counts running processes and names those that need attention', () => {
    const processes = [
      ...some(12, 'RUNNING', 'a'),
      ...some(2, 'STOPPED', 's'),
      { qualifiedName: 'nginx', state: 'FATAL' as const },
    ];
    expect(statusLine(processes, null)).toBe('12 running, 1 fatal (nginx), 2 stopped');
  });

  test('names a few of many', () => {
    expect(statusLine(some(6, 'FATAL', 'web:'), null)).toBe('6 fatal (web:0, web:1, web:2, web:3, web:4, …)');
  });

  test('says that everything is shutting down', () => {
    expect(statusLine([...some(1, 'STOPPING', 'db'), ...some(3, 'STOPPED', 'x')], 'shutting down')).toBe(
      'shutting down: 1 stopping (db0), 3 stopped',
    );
  });

  test('says so when there are no programs', () => {
    expect(statusLine([], null)).toBe('no programs');
  });
});
