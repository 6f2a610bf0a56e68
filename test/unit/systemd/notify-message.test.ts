// What programs send to their notify socket, and what is made of garbage.
import { describe, expect, test } from 'bun:test';
import {
  maxStatusLength,
  type NotifyMessage,
  parseNotifyMessage,
} from '../../../src/systemd/notify-message.ts';

const nothing: NotifyMessage = {
  ...{ phase: null, monotonicMs: null, status: null, mainPid: null, watchdog: null, watchdogMs: null },
  ...{ extendMs: null, isBarrier: false },
};

function parsed(text: string): NotifyMessage | null {
  return parseNotifyMessage(Buffer.from(text));
}

describe('a message', () => {
  test.each<[string, Partial<NotifyMessage>]>([
    ['READY=1', { phase: 'ready' }],
    ['READY=1\n', { phase: 'ready' }],
    ['READY=1\0', { phase: 'ready' }],
    [
      'READY=1\nSTATUS=Processing requests...\nMAINPID=4711',
      { phase: 'ready', status: 'Processing requests...', mainPid: 4711 },
    ],
    ['RELOADING=1\nMONOTONIC_USEC=5000001', { phase: 'reloading', monotonicMs: 5001 }],
    ['STOPPING=1\nREADY=1', { phase: 'ready' }],
    ['WATCHDOG=1', { watchdog: 'ping' }],
    ['WATCHDOG=trigger', { watchdog: 'trigger' }],
    ['WATCHDOG_USEC=20000000', { watchdogMs: 20_000 }],
    ['WATCHDOG_USEC=0', { watchdogMs: 0 }],
    ['WATCHDOG_USEC=1', { watchdogMs: 1 }],
    ['EXTEND_TIMEOUT_USEC=1500000', { extendMs: 1500 }],
    ['BARRIER=1', { isBarrier: true }],
    ['STATUS=', { status: '' }],
    ['ERRNO=2\nBUSERROR=org.x.Timeout\nEXIT_STATUS=3', {}],
    ['X_MINE=1\nFDSTORE=1\nFDNAME=a', {}],
  ])('%j is understood', (text, expected) => {
    expect(parsed(text)).toEqual({ ...nothing, ...expected });
  });

  test.each([
    '',
    '\n\n\n',
    'READY',
    'READY=0',
    'READY=10',
    ' READY=1',
    'ready=1',
    '=READY=1',
    'READY=1 ',
    'WATCHDOG=0',
    'WATCHDOG_USEC=-1',
    'WATCHDOG_USEC=1.5',
    'WATCHDOG_USEC=1e3',
    'EXTEND_TIMEOUT_USEC=18446744073709551616',
    'EXTEND_TIMEOUT_USEC=99999999999999999999999999',
    'EXTEND_TIMEOUT_USEC=-5',
    'MAINPID=0',
    'MAINPID=-1',
    'MAINPID=+5',
    'MAINPID=4194305',
    'MAINPID=99999999999999999999',
    'MAINPID=0x10',
    'MAINPID=',
  ])('%j says nothing', (text) => {
    expect(parsed(text)).toEqual(nothing);
  });

  test('of times that never end has the longest there is', () => {
    const longestMs = 366 * 86_400_000;
    const forever = '18446744073709551615';
    expect(parsed(`EXTEND_TIMEOUT_USEC=${forever}\nWATCHDOG_USEC=${forever}`)).toEqual({
      ...nothing,
      ...{ extendMs: longestMs, watchdogMs: longestMs },
    });
  });

  test('with NUL in it is none', () => {
    expect(parsed('READY=1\0\nSTATUS=x')).toBeNull();
    expect(parsed('\0\0')).toBeNull();
  });

  test('in which a name comes twice has the last', () => {
    expect(parsed('STATUS=a\nSTATUS=b')?.status).toBe('b');
  });
});

describe('a status', () => {
  test('has no control characters, no other lines and no change of direction', () => {
    expect(parsed('STATUS=\x1b[31mred\x07 \u009b1m a\u2028b\u202ec \ttab')?.status).toBe(
      '[31mred   1m a b c  tab',
    );
  });

  test('of invalid UTF-8 shows where it was', () => {
    const data = Uint8Array.from([...Buffer.from('STATUS=a'), 0xff, 0xfe, ...Buffer.from('b')]);
    expect(parseNotifyMessage(data)?.status).toBe('a\ufffd\ufffdb');
  });

  test('is cut between characters when it is long', () => {
    const { length } = [...(parsed(`STATUS=${'😀'.repeat(maxStatusLength + 1)}`)?.status ?? '')];
    expect(length).toBe(maxStatusLength);
  });

  test('comes through any text unharmed and bounded', () => {
    for (let round = 0; round < 300; round += 1) {
      const data = crypto.getRandomValues(new Uint8Array(4096)).map((byte) => (byte === 0 ? 10 : byte));
      const message = parseNotifyMessage(Uint8Array.from([...Buffer.from('STATUS='), ...data]));
      expect(message?.status?.length).toBeLessThanOrEqual(2 * maxStatusLength);
      expect(message?.status).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
    }
  });
});
