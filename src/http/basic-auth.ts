// Who may enter: HTTP Basic authentication (RFC 7617) against the one pair of a server.
import { createHash, timingSafeEqual } from 'node:crypto';

export interface Credentials {
  readonly username: string;
  /** Plain, or `{SHA}` and the SHA-1 of it in lower-case hexadecimal digits. */
  readonly password: string;
}

/**
 * What proves that a client may enter. The hash as it is kept is no proof over a network: whoever has seen it would need
 * no password. To a peer who could read it in memory anyway it gives nothing.
 */
export type Proof = 'password' | 'password or hash';

/** `malformed`: what was sent is not UTF-8. The time taken tells nothing of how much was right. */
export function authenticate(
  authorization: string | undefined,
  credentials: Credentials,
  proof: Proof = 'password',
): 'accepted' | 'denied' | 'malformed' {
  const [, cookie] = basicScheme.exec(authorization ?? '') ?? [];
  if (cookie === undefined) return 'denied';
  const pair = decode(cookie);
  if (pair === null) return 'malformed';
  const colon = pair.indexOf(':');
  if (colon < 0) return 'denied';
  const nameIsRight = equal(pair.slice(0, colon), credentials.username);
  const given = pair.slice(colon + 1);
  const isHash = proof === 'password or hash' && equal(given, credentials.password);
  const passwordIsRight = passwordMatches(given, credentials.password) || isHash;
  return nameIsRight && passwordIsRight ? 'accepted' : 'denied';
}

const basicScheme = /^basic +(\S+)$/i;
const shaPrefix = '{SHA}';
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(cookie: string): string | null {
  try {
    return utf8.decode(Buffer.from(cookie, 'base64'));
  } catch {
    return null;
  }
}

function passwordMatches(given: string, stored: string): boolean {
  if (!stored.startsWith(shaPrefix)) return equal(given, stored);
  const digest = createHash('sha1').update(given).digest('hex');
  return equal(digest, stored.slice(shaPrefix.length));
}

/** Compares digests, which have one length whatever the lengths of the texts. */
function equal(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
