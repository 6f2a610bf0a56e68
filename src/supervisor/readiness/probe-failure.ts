// Why an attempt failed, as one bounded line for people.

/** `connection refused` for ECONNREFUSED; the code itself when it has no text here. */
export function connectionFailure(code: string): string {
  return texts[code] ?? code;
}

export function failureOf(error: unknown): string {
  if (!(error instanceof Error)) return oneLine(String(error));
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return texts[code] ?? oneLine(error.message);
}

const maxLength = 200;

/** Without control characters, cut after 200 characters. */
export function oneLine(text: string): string {
  const line = text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  return line.length > maxLength ? `${line.slice(0, maxLength)}…` : line;
}

const texts: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EAGAIN: 'no connection is accepted, the queue is full',
  EAI_AGAIN: 'the name server does not answer',
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection closed without an answer',
  EHOSTUNREACH: 'no route to host',
  EMFILE: 'too many open files',
  ENETUNREACH: 'network is unreachable',
  ENOENT: 'no such file',
  ENOTFOUND: 'unknown host name',
  EPROTOTYPE: 'not a stream socket',
  ETIMEDOUT: 'connection timed out',
};
