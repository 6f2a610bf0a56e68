import { describe, expect, test } from 'bun:test';
import { Mutex } from '../../../src/event-loop/mutex.ts';
import { ClientLeft, WaitingBody } from '../../../src/http/waiting-body.ts';

describe('a large body that waits for its turn', () => {
  test('is there when it has come', () => {
    const body = new WaitingBody(Uint8Array.of(1, 2), new AbortController().signal);
    expect(body.bytes).toEqual(Uint8Array.of(1, 2));
  });

  test('is let go of when its client leaves, or has left already', () => {
    const client = new AbortController();
    const body = new WaitingBody(Uint8Array.of(1, 2), client.signal);
    client.abort();
    expect(() => body.bytes).toThrow(ClientLeft);
    expect(() => new WaitingBody(Uint8Array.of(1), client.signal).bytes).toThrow(ClientLeft);
  });

  test('is not read then, and does not keep those behind it waiting', async () => {
    const turns = new Mutex();
    const [first, client] = [Promise.withResolvers<void>(), new AbortController()];
    const order: string[] = [];
    const body = new WaitingBody(Uint8Array.of(1), client.signal);
    const one = turns.exclusively(() => first.promise);
    const two = turns.exclusively(async () => order.push(`read ${body.bytes.length}`), client.signal);
    const three = turns.exclusively(async () => order.push('the next'));
    client.abort();
    first.resolve();
    await one;
    expect(await two.catch((error: unknown) => error)).toBeInstanceOf(ClientLeft);
    await three;
    expect(order).toEqual(['the next']);
  });
});
