// syslog(3) as the original uses it: ident `supervisord`, facility user, priority info, no pid. RFC 3164 over /dev/log.
import type { Memory } from '../linux/file.ts';
import { UnixDatagramSender } from '../linux/unix-datagram.ts';
import { DropCounter } from './drop-counter.ts';
import { errnoOf, type LogTarget } from './log-target.ts';

const socketPath = '/dev/log';
/** user.info: facility 1, severity 6. */
const priority = 14;
/** A slow daemon takes some and refuses some: losses are over when none was for so long. */
const calmMs = 1000;
const ident = 'supervisord';
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export class Syslog implements LogTarget {
  readonly waitsFor = null;
  readonly lineWaitMs = 0;
  readonly #losses: DropCounter;
  #sender: UnixDatagramSender | null = null;
  /** On the clock of performance.now(). */
  #lastLoss = 0;

  constructor(
    tell: (message: string) => void,
    private readonly path = socketPath,
  ) {
    this.#losses = new DropCounter(path, tell);
  }

  /** A message for each line. What a syslog daemon that is slow or missing does not take is dropped and counted. */
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
    const bytes = Buffer.from(message);
    const failure = this.#sent(bytes);
    const now = performance.now();
    if (failure !== 0) {
      this.#lastLoss = now;
      this.#losses.add(bytes.length, failure);
    } else if (now - this.#lastLoss > calmMs) this.#losses.end('written');
  }

  /** 0, or the error number; without a descriptor for the socket the next message tries again. */
  #sent(bytes: Uint8Array): number {
    let failure = 0;
    const refused = errnoOf(() => {
      this.#sender ??= new UnixDatagramSender(this.path);
      failure = this.#sender.send(bytes);
    });
    return refused || failure;
  }
}

/** `Nov  1 05:12:31`, local time (RFC 3164, 4.1.2). */
function timestamp(date: Date): string {
  const two = (number: number): string => String(number).padStart(2, '0');
  const day = `${months[date.getMonth()]} ${String(date.getDate()).padStart(2, ' ')}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
