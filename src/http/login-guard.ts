// Rate limit for password guessing, per origin, with a log message. Never refuses the correct password: many users
// may share an address, such as that of a proxy or of this machine.
import { authenticate, type Credentials, type Proof } from './basic-auth.ts';
import { isOwn, type Peer } from './peer.ts';

export interface Login {
  readonly verdict: ReturnType<typeof authenticate>;
  /** Delay before the response is sent. */
  readonly delayMs: number;
}

/** Wrong passwords before the first delay: people mistype. */
const freeFailures = 3;
const firstDelayMs = 100;
const maxDelayMs = 2000;
/** Time without a failure after which an origin is forgotten. */
const forgetAfterMs = 15 * 60_000;
/** Beyond this, the origin whose last failure is oldest is forgotten. */
const maxOrigins = 1000;

interface Failures {
  readonly count: number;
  readonly lastAt: number;
}

export class LoginGuard {
  /** Ordered by last failure. */
  readonly #failures = new Map<string, Failures>();

  constructor(
    private readonly warn: (message: string) => void,
    /** Monotonic, in milliseconds. */
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** A correct password is delayed as much as a wrong one; otherwise the first response would reveal it. */
  login(authorization: string | undefined, credentials: Credentials, peer: Peer): Login {
    const verdict = authenticate(authorization, credentials, proofOf(peer));
    if (authorization === undefined) return { verdict, delayMs: 0 };
    const origin = originOf(peer);
    const delayMs = this.#delayMs(origin);
    if (verdict === 'denied') {
      this.#countFailure(origin);
      this.warn(`a wrong user name or password from ${describe(peer)}`);
    }
    return { verdict, delayMs };
  }

  #delayMs(origin: string): number {
    const failures = this.#failures.get(origin);
    if (!failures || this.now() - failures.lastAt > forgetAfterMs) return 0;
    if (failures.count < freeFailures) return 0;
    return Math.min(maxDelayMs, firstDelayMs * 2 ** (failures.count - freeFailures));
  }

  #countFailure(origin: string): void {
    const now = this.now();
    const before = this.#failures.get(origin);
    const isRecent = before !== undefined && now - before.lastAt <= forgetAfterMs;
    this.#failures.delete(origin);
    this.#failures.set(origin, { count: (isRecent ? before.count : 0) + 1, lastAt: now });
    if (this.#failures.size <= maxOrigins) return;
    const [oldest] = this.#failures.keys();
    if (oldest !== undefined) this.#failures.delete(oldest);
  }
}

/**
 * Root and the daemon's user can read the configuration, so `update` works for them without the clear-text password.
 */
function proofOf(peer: Peer): Proof {
  return isOwn(peer) ? 'password or hash' : 'password';
}

function describe(peer: Peer): string {
  return peer.kind === 'tcp' ? peer.address : `process ${peer.pid} of user ${peer.uid}`;
}

/** What an attacker cannot vary: the local user, the IPv4 address, the network of an IPv6 address. */
function originOf(peer: Peer): string {
  if (peer.kind === 'unix') return `user ${peer.uid}`;
  const { address } = peer;
  return !address.includes(':') || address.includes('.') ? address : networkOf(address);
}

/** The /64 prefix; a client can choose the remaining bits. */
function networkOf(address: string): string {
  const [start = '', end = ''] = address.split('::');
  const [first, last] = [start, end].map((half) => half.split(':').filter(Boolean));
  const zeros = Array<string>(Math.max(0, 8 - (first?.length ?? 0) - (last?.length ?? 0))).fill('0');
  return [...(first ?? []), ...zeros, ...(last ?? [])].slice(0, 4).join(':');
}
