import { describe, expect, test } from 'bun:test';
import { EventBus } from '../../../src/events/bus.ts';
import { isEventName, type SupervisorEvent } from '../../../src/events/types.ts';

const tick: SupervisorEvent = { type: 'TICK_5', when: 5 };

describe('the event bus', () => {
  test.each([['TICK_5'], ['TICK'], ['EVENT']] as const)('gives a tick to a subscriber of %s', (type) => {
    const bus = new EventBus();
    const seen: SupervisorEvent[] = [];
    bus.subscribe([type], (event) => seen.push(event));
    bus.emit(tick);
    expect(seen).toEqual([tick]);
  });

  test('gives nothing to subscribers of siblings', () => {
    const bus = new EventBus();
    const seen: SupervisorEvent[] = [];
    bus.subscribe(['TICK_60', 'PROCESS_STATE'], (event) => seen.push(event));
    bus.emit(tick);
    expect(seen).toEqual([]);
    expect(bus.wanted('TICK_5')).toBe(false);
    expect(bus.wanted('TICK_60')).toBe(true);
    expect(bus.wanted('PROCESS_STATE_FATAL')).toBe(true);
  });

  test('gives an event once to who names its type and every ancestor', () => {
    const bus = new EventBus();
    let count = 0;
    bus.subscribe(['EVENT', 'TICK', 'TICK_5'], () => count++);
    bus.emit(tick);
    expect(count).toBe(1);
  });

  test('serves subscribers in the order they came', () => {
    const bus = new EventBus();
    const order: string[] = [];
    bus.subscribe(['TICK_5'], () => order.push('first'));
    bus.subscribe(['EVENT'], () => order.push('second'));
    bus.subscribe(['TICK'], () => order.push('third'));
    bus.emit(tick);
    expect(order).toEqual(['first', 'second', 'third']);
  });

  test('ends one subscription and leaves an equal one alone', () => {
    const bus = new EventBus();
    let count = 0;
    const listener = () => count++;
    const unsubscribe = bus.subscribe(['TICK_5'], listener);
    bus.subscribe(['TICK_5'], listener);
    unsubscribe();
    unsubscribe();
    bus.emit(tick);
    expect(count).toBe(1);
  });

  test('lets a subscriber leave while an event is given out', () => {
    const bus = new EventBus();
    const seen: string[] = [];
    const leave = bus.subscribe(['TICK_5'], () => {
      seen.push('leaving');
      leave();
    });
    bus.subscribe(['TICK_5'], () => seen.push('staying'));
    bus.emit(tick);
    bus.emit(tick);
    expect(seen).toEqual(['leaving', 'staying', 'staying']);
  });

  test('calls back when the subscriptions have changed', () => {
    const bus = new EventBus();
    const wanted: boolean[] = [];
    bus.onInterestChange(() => wanted.push(bus.wanted('TICK_5')));
    const unsubscribe = bus.subscribe(['TICK'], () => {});
    unsubscribe();
    expect(wanted).toEqual([true, false]);
  });
});

describe('event names', () => {
  test('are those of the tree, in capitals', () => {
    expect(isEventName('PROCESS_LOG')).toBe(true);
    expect(isEventName('process_log')).toBe(false);
    expect(isEventName('toString')).toBe(false);
  });
});
