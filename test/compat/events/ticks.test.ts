import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { Daemon, original, ours } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';

const config = `
[eventlistener:clock]
command=/usr/bin/python3 ${join(import.meta.dir, 'recording-listener.py')} %(here)s/ticks.jsonl
events=TICK_5
startsecs=0
`;

describe('ticks', () => {
  test('are told of with the same times as by the original', async () => {
    const start = (executable: readonly string[]) => Daemon.start({ executable, config });
    const daemons = await Promise.all([start(original), start(ours)]);
    const [theirs, mine] = daemons;
    try {
      // The slice of time in which a daemon starts is silent, and they may have started in two.
      const common = (): string[] => ticks(theirs).filter((tick) => ticks(mine).includes(tick));
      await eventually(() => common().length > 0, { what: 'the same tick from both', timeoutMs: 25_000 });
      expect(common()[0]).toMatch(/^TICK_5 when:\d+[05]$/);
    } finally {
      await Promise.all(daemons.map((daemon) => daemon.stop()));
    }
  });
});

function ticks(daemon: Daemon): string[] {
  const lines = daemon.read('ticks.jsonl').split('\n').slice(0, -1);
  return lines.map((line) => {
    const { headers, payload } = JSON.parse(line);
    return `${headers.eventname} ${payload}`;
  });
}
