// How pipes are polled: with real pipes and spies on the calls made meanwhile.
import { afterEach, beforeEach, describe, expect, spyOn, test } from 'bun:test';
import { closeSync, readSync, writeSync } from 'node:fs';
import { AdaptivePoller } from '../../../src/data-plane/worker/adaptive-poller.ts';
import { Epoll } from '../../../src/linux/epoll.ts';
import { libc } from '../../../src/linux/libc.ts';
import { createPipe, enlargePipe, type Pipe, pipeCapacity } from '../../../src/linux/pipe.ts';

const buffer = Buffer.alloc(128 * 1024);
const farAwayMs = 60_000;
/** Less than the capacity, and enough for a pipe to stay busy however slow this machine is. */
const little = 20 * 1024;

let epoll: AdaptivePoller;
let pipe: Pipe;
const pauses = spyOn(libc, 'usleep');
const spins = spyOn(Epoll.prototype, 'spin');

beforeEach(() => {
  epoll = new AdaptivePoller();
  pipe = createPipe('read');
});
afterEach(() => {
  for (const fd of [pipe.readFd, pipe.writeFd]) closeSync(fd);
  pauses.mockClear();
  spins.mockClear();
});

/** Writes `bytes`, waits for readiness and reads once. */
function carry(bytes: number): void {
  writeSync(pipe.writeFd, Buffer.alloc(bytes));
  expect(ready()).toEqual([pipe.readFd]);
  epoll.wasRead(pipe.readFd, readSync(pipe.readFd, buffer));
}

function ready(): readonly number[] {
  return epoll.wait(performance.now() + farAwayMs);
}

describe('a busy pipe', () => {
  test('gets a pause to fill after a read that was too early, and only then', () => {
    epoll.watchCoalesced(pipe.readFd);
    carry(64 * 1024);
    carry(little);
    expect(pauses).toHaveBeenCalledTimes(0);
    carry(128 * 1024);
    expect(pauses).toHaveBeenCalledTimes(1);
    carry(little);
    expect(pauses).toHaveBeenCalledTimes(1);
  });

  test('that is larger than any read was not read too early when a read was full', () => {
    enlargePipe(pipe.writeFd, 1024 * 1024);
    epoll.watchCoalesced(pipe.readFd);
    carry(700 * 1024);
    expect(pipeCapacity(pipe.readFd)).toBe(1024 * 1024);
    // Of what was there already.
    carry(1);
    carry(1);
    expect(pauses).toHaveBeenCalledTimes(0);
  });

  test('does not delay an expected descriptor: the poller keeps spinning without a pause', () => {
    epoll.watchCoalesced(pipe.readFd);
    carry(64 * 1024);
    carry(little);
    epoll.expect(performance.now() + farAwayMs);
    carry(little);
    carry(little);
    expect(spins).toHaveBeenCalledTimes(2);
    expect(pauses).toHaveBeenCalledTimes(0);
  });
});
