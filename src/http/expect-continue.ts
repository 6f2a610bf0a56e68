// `Expect: 100-continue` (RFC 9110, 10.1.1): a client that waits for permission before it sends a body.
import type { RequestHead } from './request.ts';

export const continueLine = Buffer.from('HTTP/1.1 100 Continue\r\n\r\n');

export function expectsContinue(head: RequestHead): boolean {
  const { version, headers } = head;
  return (
    bodyBytesOf(head) > 0 && version === '1.1' && headers.get('expect')?.toLowerCase() === '100-continue'
  );
}

/** The announced length of the body; 0 without one. */
export function bodyBytesOf({ contentLength }: RequestHead): number {
  return contentLength.kind === 'bytes' ? contentLength.bytes : 0;
}
