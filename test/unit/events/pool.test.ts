import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { EventSerials } from '../../../src/events/numbering.ts';
import { ListenerPool, type PoolSnapshot } from '../../../src/events/pool.ts';
import type { ResultHandler } from '../../../src/events/result-handler.ts';
import type { SupervisorEvent } from '../../../src/events/types.ts';

/** A process as a pool sees it, with what it was sent. */
class Listener {
  running = true;
  reading = true;
  readonly sent: string[] = [];

  constructor(readonly name: string) {}

  isRunning(): boolean {
    return this.running;
  }

  writeStdin(data: Uint8Array): boolean {
    if (this.reading) this.sent.push(Buffer.from(data).toString());
    return this.reading;
  }
}

function poolOf(
  listeners: readonly Listener[],
  {
    name = 'pool',
    bufferSize = 10,
    serials = new EventSerials(),
    resultHandler = 'standard',
  }: {
    name?: string;
    bufferSize?: number;
    serials?: EventSerials;
    resultHandler?: ResultHandler;
  } = {},
) {
  const clock = { now: 1000 };
  const printed: string[] = [];
  const log: string[] = [];
  const pool = new ListenerPool(
    {
      name,
      bufferSize,
      identifier: 'supervisor',
      log: {
        error: (line) => log.push(`ERRO ${line}`),
        warn: (line) => log.push(`WARN ${line}`),
        debug: (line) => log.push(`DEBG ${line}`),
      },
      resultHandler,
      print: (lines) => printed.push(lines),
      now: () => clock.now,
    },
    listeners,
  );
  const says = (listener: string, text: string) => pool.received(listener, Buffer.from(text));
  const accept = (event: SupervisorEvent) => pool.accept(serials.numbered(event));
  return { pool, log, says, accept, clock, printed };
}

const remote = (data: string): SupervisorEvent => ({ type: 'REMOTE_COMMUNICATION', kind: 'k', data });

/** The data of the events that were sent, in order. */
function dataOf(sent: readonly string[]): string[] {
  return sent.map((text) => text.split('\n').at(-1) ?? '');
}

describe('a pool', () => {
  test('sends header and payload as listeners read them', () => {
    const listener = new Listener('a');
    const { accept, says } = poolOf([listener]);
    says('a', 'READY\n');
    accept({ type: 'REMOTE_COMMUNICATION', kind: 'té', data: 'dätä €😀' });
    expect(listener.sent).toEqual([
      'ver:3.0 server:supervisor serial:0 pool:pool poolserial:0 eventname:REMOTE_COMMUNICATION len:15\ntype:té\ndätä €😀',
    ]);
  });

  test('keeps events until a process is running and ready, and sends them in order', () => {
    const listener = new Listener('a');
    listener.running = false;
    const { pool, accept, says } = poolOf([listener]);
    accept(remote('1'));
    accept(remote('2'));
    says('a', 'READY\n');
    expect(listener.sent).toEqual([]);
    listener.running = true;
    pool.running();
    says('a', 'RESULT 2\nOKREADY\n');
    expect(dataOf(listener.sent)).toEqual(['1', '2']);
  });

  test('gives each event to the first process that is ready', () => {
    const [a, b] = [new Listener('a'), new Listener('b')];
    const { accept, says } = poolOf([a, b]);
    says('b', 'READY\n');
    says('a', 'READY\n');
    for (const data of ['1', '2', '3']) accept(remote(data));
    expect(dataOf(a.sent)).toEqual(['1']);
    expect(dataOf(b.sent)).toEqual(['2']);
    says('b', 'RESULT 2\nOKREADY\n');
    expect(dataOf(b.sent)).toEqual(['2', '3']);
  });

  test('throws away the oldest event when the buffer is full', () => {
    const listener = new Listener('a');
    const { accept, log, says } = poolOf([listener], { bufferSize: 2 });
    for (const data of ['1', '2', '3']) accept(remote(data));
    expect(log).toEqual(['ERRO pool pool event buffer overflowed, discarding event 0']);
    says('a', 'READY\n');
    says('a', 'RESULT 2\nOKREADY\n');
    expect(dataOf(listener.sent)).toEqual(['2', '3']);
  });

  test('sends a rejected event again, first and unchanged', () => {
    const listener = new Listener('a');
    const { accept, log, says } = poolOf([listener]);
    says('a', 'READY\n');
    accept(remote('1'));
    accept(remote('2'));
    log.length = 0;
    says('a', 'RESULT 4\nFAIL');
    says('a', 'READY\n');
    expect(listener.sent[1]).toBe(listener.sent[0] ?? '');
    expect(log).toEqual([
      'WARN a: event was rejected',
      'DEBG a: BUSY -> ACKNOWLEDGED',
      'DEBG rebuffering event 0 for pool pool (buf size=1, max=10)',
      'DEBG a: ACKNOWLEDGED -> READY',
      'DEBG event 0 sent to listener a',
      'DEBG rebuffering event 1 for pool pool (buf size=0, max=10)',
    ]);
  });

  test('pauses longer and longer before it sends an event again that was rejected more than once', () => {
    const listener = new Listener('a');
    const { pool, accept, says, clock } = poolOf([listener]);
    says('a', 'READY\n');
    accept(remote('1'));
    accept(remote('2'));
    const pauses: number[] = [];
    for (let rejection = 1; rejection <= 11; rejection++) {
      says('a', 'RESULT 4\nFAILREADY\n');
      pauses.push(pool.deadline === Number.POSITIVE_INFINITY ? 0 : pool.deadline - clock.now);
      const sent = listener.sent.length;
      if (pauses.at(-1) !== 0) {
        clock.now = pool.deadline - 1;
        pool.resume();
        expect(listener.sent.length).toBe(sent);
        clock.now += 1;
        pool.resume();
      }
    }
    expect(pauses).toEqual([0, 10, 20, 40, 80, 160, 320, 640, 1000, 1000, 1000]);
    expect(new Set(dataOf(listener.sent))).toEqual(new Set(['1']));
    says('a', 'RESULT 2\nOKREADY\n');
    expect(dataOf(listener.sent).at(-1)).toBe('2');
    expect(pool.deadline).toBe(Number.POSITIVE_INFINITY);
  });

  test('logs the rejections of one event when they begin, when the back-off is at its maximum, and when they have ended', () => {
    const listener = new Listener('a');
    const { pool, accept, log, says, clock } = poolOf([listener]);
    says('a', 'READY\n');
    accept(remote('1'));
    for (let rejection = 1; rejection <= 50; rejection++) {
      says('a', 'RESULT 4\nFAILREADY\n');
      clock.now += 1000;
      pool.resume();
    }
    says('a', 'RESULT 2\nOK');
    expect(log.filter((line) => line.startsWith('WARN'))).toEqual([
      'WARN a: event was rejected',
      'WARN a: event 0 was rejected 9 times; it is sent again once a second, and later events wait for it',
      'WARN a: event 0 was processed after 50 rejections',
    ]);
  });

  test('lets later events pass at once when the rejected one had to make room', () => {
    const listener = new Listener('a');
    const { pool, accept, says } = poolOf([listener], { bufferSize: 1 });
    says('a', 'READY\n');
    accept(remote('1'));
    for (let rejection = 1; rejection <= 2; rejection++) says('a', 'RESULT 4\nFAILREADY\n');
    accept(remote('2'));
    expect(dataOf(listener.sent)).toEqual(['1', '1', '2']);
    expect(pool.deadline).toBe(Number.POSITIVE_INFINITY);
  });

  test('waits for nothing when the pause is over and its only listener has closed its stdin', () => {
    const listener = new Listener('a');
    const { pool, accept, says, clock } = poolOf([listener]);
    says('a', 'READY\n');
    accept(remote('1'));
    for (let rejection = 1; rejection <= 2; rejection++) says('a', 'RESULT 4\nFAILREADY\n');
    listener.reading = false;
    clock.now = pool.deadline;
    pool.resume();
    expect(pool.deadline).toBe(Number.POSITIVE_INFINITY);
  });

  test('takes every well-formed result as accepted when the handler is one that cannot be loaded', () => {
    const listener = new Listener('a');
    const { accept, log, says } = poolOf([listener], { resultHandler: 'acceptAll' });
    says('a', 'READY\n');
    for (const data of ['1', '2', '3']) accept(remote(data));
    says('a', 'RESULT 4\nFAILREADY\n');
    says('a', 'RESULT 0\nREADY\n');
    expect(dataOf(listener.sent)).toEqual(['1', '2', '3']);
    expect(log.filter((line) => !line.startsWith('DEBG'))).toEqual([]);
    says('a', 'RESULT x\n');
    expect(log).toContain("WARN a: bad result line: 'RESULT x'");
  });

  test('prints what a listener of supervisor-stdout answers', () => {
    const listener = new Listener('a');
    const { accept, printed, says } = poolOf([listener], { resultHandler: 'print' });
    says('a', 'READY\n');
    accept(remote('1'));
    const body = 'processname:web groupname:web pid:12 channel:stdout\none\r\n\ntwo\n';
    says('a', `RESULT ${body.length}\n${body.slice(0, 60)}`);
    says('a', `${body.slice(60)}READY\n`);
    expect(printed.join('')).toBe('web stdout | one\r\nweb stdout | \nweb stdout | two\n');
  });

  test('keeps a rejected event and throws away the oldest waiting one when the buffer is full', () => {
    const listener = new Listener('a');
    const { accept, log, says } = poolOf([listener], { bufferSize: 2 });
    says('a', 'READY\n');
    for (const data of ['1', '2', '3']) accept(remote(data));
    says('a', 'RESULT 4\nFAIL');
    expect(log.filter((line) => line.startsWith('ERRO'))).toEqual([
      'ERRO pool pool event buffer overflowed, discarding event 1',
    ]);
    for (let answered = 0; answered < 2; answered++) says('a', answered ? 'RESULT 2\nOKREADY\n' : 'READY\n');
    expect(dataOf(listener.sent)).toEqual(['1', '1', '3']);
  });

  test('sends what a process was busy with to another one when it dies', () => {
    const [a, b] = [new Listener('a'), new Listener('b')];
    const { pool, accept, says } = poolOf([a, b]);
    says('a', 'READY\n');
    accept(remote('1'));
    says('b', 'READY\n');
    a.running = false;
    pool.ended('a');
    expect(b.sent).toEqual(a.sent);
  });

  test('asks a process that was started again for a new READY', () => {
    const listener = new Listener('a');
    const { pool, accept, says } = poolOf([listener]);
    says('a', 'READY\n');
    listener.running = false;
    pool.ended('a');
    listener.running = true;
    pool.running();
    accept(remote('1'));
    expect(listener.sent).toEqual([]);
    says('a', 'READY\n');
    expect(dataOf(listener.sent)).toEqual(['1']);
  });

  test('says that a process broke the protocol and sends it nothing more', () => {
    const listener = new Listener('a');
    const { accept, log, says } = poolOf([listener]);
    says('a', 'READY\n');
    accept(remote('1'));
    log.length = 0;
    says('a', 'RESULT x\n');
    says('a', 'READY\n');
    accept(remote('2'));
    expect(dataOf(listener.sent)).toEqual(['1']);
    expect(log).toEqual([
      "WARN a: bad result line: 'RESULT x'",
      'DEBG a: BUSY -> UNKNOWN',
      'WARN a: has entered the UNKNOWN state and will no longer receive events, this usually indicates the process violated the eventlistener protocol',
      'DEBG rebuffering event 0 for pool pool (buf size=0, max=10)',
    ]);
  });

  test('passes over a process that has closed its stdin', () => {
    const [a, b] = [new Listener('a'), new Listener('b')];
    const { accept, log, says } = poolOf([a, b]);
    a.reading = false;
    says('a', 'READY\n');
    accept(remote('1'));
    says('b', 'READY\n');
    expect(dataOf(b.sent)).toEqual(['1']);
    expect(log).toContain(
      'DEBG epipe occurred while sending event 0 to listener a, listener state unchanged',
    );
  });

  test('shares the serial of an event with other pools and counts its own', () => {
    const serials = new EventSerials();
    const [a, b] = [new Listener('a'), new Listener('b')];
    const first = poolOf([a], { name: 'first', serials });
    const second = poolOf([b], { name: 'second', serials });
    first.says('a', 'READY\n');
    second.says('b', 'READY\n');
    first.accept(remote('only first'));
    first.says('a', 'RESULT 2\nOKREADY\n');
    const both = remote('both');
    second.accept(both);
    first.accept(both);
    expect(a.sent[1]).toContain(' serial:1 pool:first poolserial:1 ');
    expect(b.sent[0]).toContain(' serial:1 pool:second poolserial:0 ');
  });

  test('continues from a snapshot taken at any moment', () => {
    const serials = new EventSerials();
    const [before, after] = [new Listener('a'), new Listener('a')];
    const old = poolOf([before], { serials });
    old.says('a', 'READY\n');
    for (const data of ['1', '2']) old.accept(remote(data));
    old.says('a', 'RESULT 4\nFA');
    const snapshot: PoolSnapshot = JSON.parse(JSON.stringify(old.pool.snapshot()));

    const { pool, accept, says } = poolOf([after], { serials: new EventSerials(serials.next) });
    pool.restore(snapshot);
    accept(remote('3'));
    says('a', 'ILREADY\n');
    says('a', 'RESULT 2\nOKREADY\n');
    says('a', 'RESULT 2\nOKREADY\n');
    expect(after.sent[0]).toBe(before.sent[0] ?? '');
    expect(after.sent[2]).toContain(' serial:2 pool:pool poolserial:2 ');
    expect(dataOf(after.sent)).toEqual(['1', '2', '3']);
  });
});

describe('for any behaviour of its processes, a pool', () => {
  type Act =
    | { readonly do: 'event' }
    | { readonly do: 'say'; readonly who: number; readonly text: string }
    | { readonly do: 'die' | 'stop' | 'start'; readonly who: number };
  const who = fc.nat({ max: 2 });
  const act: fc.Arbitrary<Act> = fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant('event' as const) }) },
    {
      weight: 8,
      arbitrary: fc.record({
        do: fc.constant('say' as const),
        who,
        text: fc.constantFrom(
          'READY\n',
          'RESULT 2\nOKREADY\n',
          'RESULT 2\nOK',
          'RESULT 4\nFAILREADY\n',
          'RESULT ',
          'x',
        ),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constantFrom('die' as const, 'stop' as const, 'start' as const), who }),
    },
  );

  test('accounts for every event: waiting, being handled, processed, or reported as discarded', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.array(act, { maxLength: 80 }), (bufferSize, acts) => {
        const listeners = ['a', 'b', 'c'].map((name) => new Listener(name));
        const { pool, accept, log, says, clock } = poolOf(listeners, { bufferSize });
        let accepted = 0;
        for (const each of acts) {
          if (each.do === 'event') accept(remote(String(accepted++)));
          else perform(each, listeners[each.who], pool, says);
          const { buffer } = pool.snapshot();
          expect(buffer.length).toBeLessThanOrEqual(bufferSize);
          const idle = listeners.some(
            ({ name, running }) => running && pool.snapshot().listeners[name]?.protocol.state === 'READY',
          );
          const isDelayed = (buffer[0]?.sendAt ?? 0) > clock.now;
          expect(idle && buffer.length > 0 && !isDelayed).toBe(false);
        }
        const { buffer, listeners: states } = pool.snapshot();
        const handled = Object.values(states).filter(({ event }) => event !== null).length;
        const processed = log.filter((line) => line.endsWith('event was processed')).length;
        const discarded = log.filter((line) => line.includes('overflowed')).length;
        expect(buffer.length + handled + processed + discarded).toBe(accepted);
      }),
    );
  });

  test('sends every event first in the order in which it occurred', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 80 }), (acts) => {
        const listeners = ['a', 'b', 'c'].map((name) => new Listener(name));
        const { pool, accept, log, says } = poolOf(listeners, { bufferSize: 100 });
        for (const each of acts) {
          if (each.do === 'event') accept(remote(''));
          else perform(each, listeners[each.who], pool, says);
        }
        const sent = log.flatMap((line) => /event (\d+) sent/.exec(line)?.[1] ?? []).map(Number);
        const first = sent.filter((serial, at) => sent.indexOf(serial) === at);
        expect(first).toEqual(first.toSorted((a, b) => a - b));
      }),
    );
  });

  function perform(
    each: Exclude<Act, { do: 'event' }>,
    listener: Listener | undefined,
    pool: ListenerPool,
    says: (name: string, text: string) => void,
  ): void {
    if (!listener) throw new RangeError('no such listener');
    if (each.do === 'say') {
      says(listener.name, each.text);
      return;
    }
    listener.running = each.do === 'start';
    if (each.do === 'start') pool.running();
    if (each.do === 'die') pool.ended(listener.name);
  }
});
