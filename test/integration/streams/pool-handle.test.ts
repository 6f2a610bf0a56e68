import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { DataPlane } from '../../../src/data-plane/main/data-plane.ts';
import type { PoolHandle } from '../../../src/data-plane/main/pool-handle.ts';
import { EventSerials } from '../../../src/events/numbering.ts';
import { eventually } from '../../support/eventually.ts';

const megabyte = 1024 * 1024;
let plane: DataPlane;
let log: string[];

beforeEach(() => {
  const say = (message: string) => log.push(message);
  plane = DataPlane.start(say, say);
  log = [];
});

afterEach(async () => {
  await plane.stop();
});

function openPool(): PoolHandle {
  const say = (line: string) => log.push(line);
  return plane.openPool(
    {
      ...{ name: 'pool', bufferSize: 10, identifier: 'supervisor', listeners: ['a'] },
      resultHandler: 'standard' as const,
      serials: new EventSerials(),
      log: { error: say, warn: say, debug: say, isEnabled: () => false },
    },
    null,
  );
}

/** Serials of the events that the log reports as discarded. */
function discarded(): number[] {
  return log
    .flatMap((line) => /^pool pool event buffer overflowed, discarding event (\d+)$/.exec(line)?.[1] ?? [])
    .map(Number);
}

describe('events on their way to the data plane', () => {
  test('are discarded when much of them is under way and nothing is taken, and pass again when it was', async () => {
    const pool = openPool();
    const accept = (characters: number) =>
      pool.accept({ type: 'REMOTE_COMMUNICATION', kind: '', data: 'x'.repeat(characters) });
    // In one turn of the event loop: the data plane has not seen any of it yet.
    for (let count = 0; count < 70; count += 1) accept(megabyte);
    expect(discarded()).toEqual([64, 65, 66, 67, 68, 69]);

    await eventually(() => discarded().length === 70 - 10, { what: 'a full buffer of what was passed' });
    accept(1);
    await eventually(() => discarded().at(-1) === 64 - 10, {
      what: 'the next event to push out the oldest that waits',
    });
    pool.close();
  });
});
