import { describe, expect, test } from 'bun:test';
import { LogWatches } from '../../../../src/data-plane/worker/log-watches.ts';

function watches(): { readonly told: string[]; readonly watches: LogWatches } {
  const told: string[] = [];
  return { told, watches: new LogWatches((path) => told.push(path)) };
}

describe('following a log', () => {
  test('tells a change once, and the next ones when it was asked again', () => {
    const { told, watches: followed } = watches();
    followed.ask('/log');
    for (let change = 0; change < 1000; change += 1) followed.changed('/log');
    expect(told).toEqual(['/log']);
    followed.ask('/log');
    expect(told).toEqual(['/log', '/log']);
  });

  test('tells nothing when nothing has changed since', () => {
    const { told, watches: followed } = watches();
    followed.ask('/log');
    followed.changed('/log');
    followed.ask('/log');
    expect(told).toEqual(['/log']);
    followed.changed('/log');
    expect(told).toEqual(['/log', '/log']);
  });

  test('tells nothing of logs that nobody follows, or no more', () => {
    const { told, watches: followed } = watches();
    followed.changed('/log');
    followed.ask('/log');
    followed.forget('/log');
    followed.changed('/log');
    expect(told).toEqual([]);
    expect(followed.has('/log')).toBe(false);
  });
});
