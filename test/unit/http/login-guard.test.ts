import { describe, expect, test } from 'bun:test';
import { LoginGuard } from '../../../src/http/login-guard.ts';
import type { Peer } from '../../../src/http/peer.ts';

const credentials = { username: 'admin', password: 'right' };
const basic = (password: string) => `Basic ${Buffer.from(`admin:${password}`).toString('base64')}`;
const at = (address: string): Peer => ({ kind: 'tcp', address, user: 'admin' });

class Guarded {
  now = 0;
  readonly warnings: string[] = [];
  readonly #guard = new LoginGuard(
    (message) => this.warnings.push(message),
    () => this.now,
  );

  login(peer: Peer, password = 'wrong') {
    return this.#guard.login(basic(password), credentials, peer);
  }

  delays(peer: Peer, times: number): number[] {
    return Array.from({ length: times }, () => this.login(peer).delayMs);
  }

  withoutPassword(peer: Peer) {
    return this.#guard.login(undefined, credentials, peer);
  }
}

describe('whoever guesses passwords', () => {
  test('waits longer and longer, up to two seconds', () => {
    expect(new Guarded().delays(at('192.0.2.1'), 10)).toEqual([
      ...[0, 0, 0],
      ...[100, 200, 400, 800, 1600, 2000, 2000],
    ]);
  });

  test('does not learn which is right from how long the answer takes, and is never locked out', () => {
    const guarded = new Guarded();
    guarded.delays(at('192.0.2.1'), 100);
    expect(guarded.login(at('192.0.2.1'), 'right')).toEqual({ verdict: 'accepted', delayMs: 2000 });
  });

  test('holds up no other address and no other user of the machine', () => {
    const guarded = new Guarded();
    guarded.delays(at('192.0.2.1'), 100);
    guarded.delays({ kind: 'unix', pid: 5, uid: 33 }, 100);
    for (const peer of [at('192.0.2.2'), { kind: 'unix', pid: 6, uid: 0 } as const]) {
      expect(guarded.login(peer, 'right')).toEqual({ verdict: 'accepted', delayMs: 0 });
    }
  });

  test('cannot change its address within a network of IPv6', () => {
    const guarded = new Guarded();
    guarded.delays(at('2001:db8:1:2::1'), 4);
    expect(guarded.login(at('2001:db8:1:2:ffff:1:1:1')).delayMs).toBe(200);
    expect(guarded.login(at('2001:db8:1:3::1')).delayMs).toBe(0);
    expect(guarded.login(at('::1')).delayMs).toBe(0);
  });

  test('cannot change it either where zeros of the network are left out', () => {
    const guarded = new Guarded();
    guarded.delays(at('2001:db8::1'), 4);
    expect(guarded.login(at('2001:db8::ffff:1:1:2')).delayMs).toBe(200);
    guarded.delays(at('2001:db8::1:2:3:4:5'), 4);
    expect(guarded.login(at('2001:db8:0:1::1')).delayMs).toBe(200);
    expect(guarded.login(at('2001:db8:0:2::1')).delayMs).toBe(0);
  });

  test('holds up no other address of IPv4 at a server that listens on both', () => {
    const guarded = new Guarded();
    guarded.delays(at('::ffff:192.0.2.1'), 4);
    expect(guarded.login(at('::ffff:192.0.2.1')).delayMs).toBe(200);
    expect(guarded.login(at('::ffff:192.0.2.2')).delayMs).toBe(0);
  });

  test('is forgotten after a quarter of an hour, and when a thousand others came since', () => {
    const guarded = new Guarded();
    guarded.delays(at('192.0.2.1'), 10);
    guarded.now += 15 * 60_000 + 1;
    expect(guarded.delays(at('192.0.2.1'), 5)).toEqual([0, 0, 0, 100, 200]);
    for (let index = 0; index < 1000; index += 1) guarded.login(at(`10.0.${index >> 8}.${index & 255}`));
    expect(guarded.login(at('192.0.2.1')).delayMs).toBe(0);
  });

  test('is remembered for as long as its last guess is among the newest', () => {
    const guarded = new Guarded();
    guarded.delays(at('192.0.2.1'), 3);
    for (let index = 0; index < 999; index += 1) guarded.login(at(`10.0.${index >> 8}.${index & 255}`));
    expect(guarded.login(at('192.0.2.1')).delayMs).toBe(100);
    guarded.login(at('10.1.0.0'));
    expect(guarded.login(at('192.0.2.1')).delayMs).toBe(200);
  });

  test('is told of by address, or by process and user', () => {
    const guarded = new Guarded();
    guarded.login(at('192.0.2.1'));
    guarded.login({ kind: 'unix', pid: 5, uid: 33 });
    guarded.login(at('192.0.2.1'), 'right');
    expect(guarded.warnings).toEqual([
      'a wrong user name or password from 192.0.2.1',
      'a wrong user name or password from process 5 of user 33',
    ]);
  });

  test('is not taken for a browser that was not asked for a password yet', () => {
    const guarded = new Guarded();
    for (let count = 0; count < 10; count += 1) {
      expect(guarded.withoutPassword(at('192.0.2.1'))).toEqual({ verdict: 'denied', delayMs: 0 });
    }
    expect(guarded.login(at('192.0.2.1')).delayMs).toBe(0);
    expect(guarded.warnings).toHaveLength(1);
  });
});
