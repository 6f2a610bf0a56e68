// syslog(3) as the original uses it: ident `supervisord`, facility user, priority info, no pid. RFC 3164 over /dev/log.
import type { Memory } from '../linux/file.ts';
import { UnixDatagramSender } from '../linux/unix-datagram.ts';
import type { LogTarget } from './log-target.ts';

const socketPath = '/dev/log';
/** user.info: facility 1, severity 6. */
const priority = 14;
const ident = 'supervisord';
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export class Syslog implements LogTarget {
  readonly waitsFor = null;
  readonly lineWaitMs = 0;
  #sender: UnixDatagramSender | null = null;

  constructor(private readonly path = socketPath) {}

  /** A message for each line. Without a syslog daemon they are lost, as they are with syslog(3). */
  write({ bytes }: Memory, start: number, end: number): void {
    this.writeLines(bytes.subarray(start, end), '');
  }

  /** A message `prefix` + line for each line of the bytes; newlines at the end make no lines. */
  writeLines(bytes: Uint8Array, prefix: string): void {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
    const header = `<${priority}>${timestamp(new Date())} ${ident}: ${prefix}`;
    for (const line of text.replace(/\n+$/, '').split('\n')) this.#send(header + line);
  }

  clear(): number {
    return 0;
  }

  rotate(): number {
    return 0;
  }

  reopen(): number {
    return 0;
  }

  close(): void {
    // One socket serves the whole process until it ends.
  }

  #send(message: string): void {
    try {
      this.#sender ??= new UnixDatagramSender(this.path);
      this.#sender.send(Buffer.from(message));
    } catch {
      // No descriptor left for the socket: the next message tries again.
    }
  }
}

/** `Nov  1 05:12:31`, local time (RFC 3164, 4.1.2). */
function timestamp(date: Date): string {
  const two = (number: number): string => String(number).padStart(2, '0');
  const day = `${months[date.getMonth()]} ${String(date.getDate()).padStart(2, ' ')}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
