import { afterEach, beforeEach, describe, expect, jest, test } from 'bun:test';
import { EventBus } from '../../../src/events/bus.ts';
import { startTicks } from '../../../src/events/ticks.ts';

const hour = 1_795_237_200;
let seen: string[];
let bus: EventBus;

function record(event: { type: string; when?: number }): void {
  seen.push(`${event.type} ${(event.when ?? 0) - hour}`);
}

function startAt(secondsIntoTheHour: number): void {
  jest.useFakeTimers();
  jest.setSystemTime((hour + secondsIntoTheHour) * 1000);
  startTicks(bus);
}

beforeEach(() => {
  seen = [];
  bus = new EventBus();
});

afterEach(() => {
  jest.useRealTimers();
});

describe('ticks', () => {
  test('come at multiples of their period, the shortest first', () => {
    startAt(3587.4);
    bus.subscribe(['TICK'], record);
    jest.advanceTimersByTime(18_000);
    expect(seen).toEqual([
      'TICK_5 3590',
      'TICK_5 3595',
      'TICK_5 3600',
      'TICK_60 3600',
      'TICK_3600 3600',
      'TICK_5 3605',
    ]);
  });

  test('need no timer without a subscriber', () => {
    startAt(0);
    expect(jest.getTimerCount()).toBe(0);
    bus.subscribe(['PROCESS_STATE'], record);
    expect(jest.getTimerCount()).toBe(0);
    const unsubscribe = bus.subscribe(['TICK_3600'], record);
    expect(jest.getTimerCount()).toBe(1);
    unsubscribe();
    expect(jest.getTimerCount()).toBe(0);
  });

  test('fire no timer before the shortest subscribed period', () => {
    startAt(10);
    bus.subscribe(['TICK_60'], record);
    jest.advanceTimersByTime(49_999);
    expect(seen).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(seen).toEqual(['TICK_60 60']);
  });

  test('that passed before the first subscription are not emitted later', () => {
    startAt(1);
    jest.setSystemTime((hour + 7300) * 1000);
    bus.subscribe(['TICK'], record);
    jest.advanceTimersByTime(5_000);
    expect(seen).toEqual(['TICK_5 7305']);
  });

  test('survive another subscription between two of them', () => {
    startAt(1);
    bus.subscribe(['TICK_5'], record);
    jest.advanceTimersByTime(2_000);
    bus.subscribe(['TICK_60'], record);
    jest.advanceTimersByTime(2_000);
    expect(seen).toEqual(['TICK_5 5']);
  });

  test('come once when the clock is put forward over several', () => {
    startAt(1);
    bus.subscribe(['TICK_5'], record);
    jest.setSystemTime((hour + 101) * 1000);
    jest.advanceTimersByTime(4_000);
    expect(seen).toEqual(['TICK_5 105']);
  });

  test('go on when the clock was put back', () => {
    startAt(101);
    bus.subscribe(['TICK_5'], record);
    jest.setSystemTime((hour + 1) * 1000);
    jest.advanceTimersByTime(9_000);
    expect(seen).toEqual(['TICK_5 5', 'TICK_5 10']);
  });
});
