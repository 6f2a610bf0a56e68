import { describe, expect, test } from 'bun:test';
import { LogWatches } from '../../../../src/data-plane/worker/log-watches.ts';

function watches(): { readonly notified: string[]; readonly watches: LogWatches } {
  const notified: string[] = [];
  return { notified, watches: new LogWatches((path) => notified.push(path)) };
}

describe('following a log', () => {
  test('notifies of a change once, and of further ones when the watch is armed again', () => {
    const { notified, watches: followed } = watches();
    followed.arm('/log');
    for (let change = 0; change < 1000; change += 1) followed.changed('/log');
    expect(notified).toEqual(['/log']);
    followed.arm('/log');
    expect(notified).toEqual(['/log', '/log']);
  });

  test('does not notify when nothing has changed since', () => {
    const { notified, watches: followed } = watches();
    followed.arm('/log');
    followed.changed('/log');
    followed.arm('/log');
    expect(notified).toEqual(['/log']);
    followed.changed('/log');
    expect(notified).toEqual(['/log', '/log']);
  });

  test('does not notify of logs that are not followed, or no longer', () => {
    const { notified, watches: followed } = watches();
    followed.changed('/log');
    followed.arm('/log');
    followed.forget('/log');
    followed.changed('/log');
    expect(notified).toEqual([]);
    expect(followed.has('/log')).toBe(false);
  });
});
