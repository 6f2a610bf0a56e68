// HTTP Basic authentication (RFC 7617) against the credentials of a server.

export interface Credentials {
  readonly username: string;
  /** Clear text, or `{SHA}` and the SHA-1 digest in lower-case hexadecimal. */
  readonly password: string;
}

/**
 * What a client may authenticate with. Over a network the stored hash is not accepted: it would be as good as the
 * password for everyone who has seen it. A peer that can read it from memory anyway gains nothing by it.
 */
export type Proof = 'password' | 'password or hash';

/** `malformed`: the header is not UTF-8. Constant-time, so that timing reveals nothing about the password. */
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
  const digest = new Bun.CryptoHasher('sha1').update(given).digest('hex');
  return equal(digest, stored.slice(shaPrefix.length));
}

/** Compares digests, which have equal length for texts of any length. */
function equal(a: string, b: string): boolean {
  return crypto.timingSafeEqual(digest(a), digest(b));
}

function digest(text: string): Buffer {
  return new Bun.CryptoHasher('sha256').update(text).digest();
}
