import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import {
  busy,
  end,
  justStarted,
  type ListenerProtocol,
  type ListenerStep,
  receive,
} from '../../../src/events/listener-protocol.ts';

const ready: ListenerProtocol = { state: 'READY' };

function says(protocol: ListenerProtocol, ...pieces: string[]): ListenerStep {
  let step: ListenerStep = { protocol, effects: [] };
  for (const piece of pieces) {
    const next = receive(step.protocol, Buffer.from(piece, 'latin1'));
    step = { protocol: next.protocol, effects: [...step.effects, ...next.effects] };
  }
  return step;
}

const moved = (from: string, to: string) => ({ type: 'moved', from, to });

describe('a listener that was just started', () => {
  test('is waited for until six bytes have come', () => {
    expect(says(justStarted, 'REA', 'DY')).toEqual({
      protocol: { state: 'ACKNOWLEDGED', pending: 'READY' },
      effects: [],
    });
  });

  test('is ready once it said so, one byte at a time', () => {
    const { protocol, effects } = says(justStarted, ...'READY\n');
    expect(protocol.state).toBe('READY');
    expect<unknown>(effects).toEqual([moved('ACKNOWLEDGED', 'READY')]);
  });

  test.each([['hello\n'], ['READY\r\n'], ['READx\nREADY\n'], ['\nREADY\n']])(
    'is given up when it says %j',
    (text) => {
      const { protocol, effects } = says(justStarted, text);
      expect(protocol.state).toBe('UNKNOWN');
      expect<unknown>(effects).toEqual([moved('ACKNOWLEDGED', 'UNKNOWN')]);
    },
  );
});

describe('a listener that is ready', () => {
  test.each([['x'], ['READY\n'], ['RESULT 2\nOK']])('is given up when it says %j unasked', (text) => {
    const { protocol, effects } = says(ready, text);
    expect(protocol.state).toBe('UNKNOWN');
    expect<unknown>(effects).toEqual([moved('READY', 'UNKNOWN')]);
  });

  test('is given up when it says READY twice at once', () => {
    expect(says(justStarted, 'READY\nREADY\n').protocol.state).toBe('UNKNOWN');
  });
});

describe('a listener that is busy', () => {
  test('has processed the event when its result is OK', () => {
    const { protocol, effects } = says(busy, 'RESULT 2\nOK');
    expect(protocol).toEqual(justStarted);
    expect<unknown>(effects).toEqual([{ type: 'processed', result: 'OK' }, moved('BUSY', 'ACKNOWLEDGED')]);
  });

  test.each([['RESULT 4\nFAIL'], ['RESULT 5\nHELLO'], ['RESULT 3\nOK\n'], ['RESULT 2\nok'], ['RESULT 1\nO']])(
    'has rejected the event when it answers %j',
    (text) => {
      const { protocol, effects } = says(busy, text);
      expect(protocol).toEqual(justStarted);
      expect<unknown>(effects).toEqual([
        { type: 'rejected' },
        moved('BUSY', 'ACKNOWLEDGED'),
        { type: 'requeue' },
      ]);
    },
  );

  test('has rejected the event at once when its result is empty', () => {
    expect(says(busy, 'RESULT 0\n').effects[0]).toEqual({ type: 'rejected' });
  });

  test('may answer and be ready in one piece', () => {
    const { protocol, effects } = says(busy, 'RESULT 2\nOKREADY\n');
    expect(protocol.state).toBe('READY');
    expect<unknown>(effects).toEqual([
      { type: 'processed', result: 'OK' },
      moved('BUSY', 'ACKNOWLEDGED'),
      moved('ACKNOWLEDGED', 'READY'),
    ]);
  });

  test.each([
    ['FOOBAR 2\nOK'],
    ['RESULT  2 \nOK'],
    ['RESULT +2\nOK'],
    ['RESULT 2\r\nOK'],
    ['\0'.repeat(7).concat('02\nOK')],
  ])('is understood as far as it always was: %j', (text) => {
    expect(says(busy, text).effects[0]).toEqual({ type: 'processed', result: 'OK' });
  });

  test.each([
    ['RESULT x', 'RESULT x'],
    ['', ''],
    ['RESULT ', 'RESULT '],
    ['RESULT -1', 'RESULT -1'],
    ['RESULT 0x2', 'RESULT 0x2'],
    ['RESULT 1__0', 'RESULT 1__0'],
    ['RESULT 2 OK', 'RESULT 2 OK'],
    ['RESULT \xc3\xa9', 'RESULT é'],
    ['RESULT \xff', "Undecodable: b'RESULT \\xff'"],
  ])('is given up, and the event is free again, after the result line %j', (line, reported) => {
    const { protocol, effects } = says(busy, `${line}\nREADY\n`);
    expect(protocol.state).toBe('UNKNOWN');
    expect<unknown>(effects).toEqual([
      { type: 'bad-result', line: reported },
      moved('BUSY', 'UNKNOWN'),
      { type: 'requeue' },
    ]);
  });

  test('cannot fill the memory with a line that never ends', () => {
    const { protocol, effects } = says(busy, ...Array.from({ length: 100 }, () => 'x'.repeat(65536)));
    expect(protocol.state).toBe('UNKNOWN');
    expect(effects[0]).toEqual({ type: 'bad-result', line: 'x'.repeat(4096) });
    expect(effects).toHaveLength(3);
  });

  test('cannot fill the memory with a result that never ends', () => {
    const { protocol, effects } = says(
      busy,
      'RESULT 99999999999\n',
      ...Array.from({ length: 100 }, () => 'OK'.repeat(65536)),
    );
    expect(effects).toEqual([]);
    expect(JSON.stringify(protocol).length).toBeLessThan(200);
  });

  test('may announce a result of any length, also in a snapshot', () => {
    const { protocol } = says(busy, `RESULT ${'9'.repeat(400)}\nOK`);
    const restored: ListenerProtocol = JSON.parse(JSON.stringify(protocol));
    expect(says(restored, 'READY\n')).toEqual(says(protocol, 'READY\n'));
    expect(says(restored, 'READY\n').protocol).toMatchObject({ state: 'BUSY', awaiting: 'result' });
  });

  test('sets its event free when it dies', () => {
    const half = says(busy, 'RESULT 2\nO').protocol;
    expect(end(half)).toEqual({ protocol: justStarted, effects: [{ type: 'requeue' }] });
  });
});

describe('a listener that broke the protocol', () => {
  test('is not listened to until it is started again', () => {
    const unknown: ListenerProtocol = { state: 'UNKNOWN' };
    expect(says(unknown, 'READY\n', 'RESULT 2\nOK')).toEqual({ protocol: unknown, effects: [] });
    expect(end(unknown)).toEqual({ protocol: justStarted, effects: [] });
  });
});

describe('any listener', () => {
  const said = fc
    .array(
      fc.constantFrom(
        'READY\n',
        'READY',
        'RESULT 2\nOK',
        'RESULT 4\nFAIL',
        'RESULT ',
        '0',
        '2',
        '\n',
        'O',
        'K',
        'x',
        '\xff',
      ),
    )
    .map((parts) => parts.join(''));
  const start = fc.constantFrom<ListenerProtocol>(justStarted, ready, busy, { state: 'UNKNOWN' });

  test('is understood the same however its output is cut into pieces', () => {
    fc.assert(
      fc.property(start, said, fc.array(fc.nat()), (protocol, text, cuts) => {
        const at = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b);
        const pieces = [0, ...at].map((from, index) => text.slice(from, at[index]));
        expect(says(protocol, ...pieces)).toEqual(says(protocol, text));
      }),
    );
  });

  test('gives its event back at most once, and never after it has processed it', () => {
    fc.assert(
      fc.property(said, (text) => {
        const step = says(busy, text);
        const all = [...step.effects, ...end(step.protocol).effects];
        expect(all.filter(({ type }) => type === 'processed' || type === 'requeue')).toHaveLength(1);
      }),
    );
  });

  test('survives being written down as JSON between two pieces', () => {
    fc.assert(
      fc.property(start, said, said, (protocol, before, after) => {
        const { protocol: live } = says(protocol, before);
        const restored: typeof live = JSON.parse(JSON.stringify(live));
        expect(says(restored, after)).toEqual(says(live, after));
      }),
    );
  });
});
