// syslog(3) like the original: ident `supervisord`, facility user, priority info, no pid. RFC 3164 over /dev/log.
import type { Memory } from '../linux/file.ts';
import { UnixDatagramSender } from '../linux/unix-datagram.ts';
import { DropCounter } from './drop-counter.ts';
import { errnoOf, type LogTarget, type LogTargetSnapshot } from './log-target.ts';

const socketPath = '/dev/log';
/** user.info: facility 1, severity 6. */
const priority = 14;
/** A slow syslog daemon accepts and refuses alternately: dropping counts as over after this long without a refusal. */
const recoveryMs = 1000;
const ident = 'supervisord';
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export class Syslog implements LogTarget {
  readonly waitsFor = null;
  readonly lineWaitMs = 0;
  readonly #drops: DropCounter;
  #sender: UnixDatagramSender | null = null;
  /** The last drop, on the clock of performance.now(). */
  #lastDropAt = 0;

  constructor(
    onTrouble: (message: string) => void,
    private readonly path = socketPath,
  ) {
    this.#drops = new DropCounter(path, onTrouble);
  }

  /** A message per line. Messages that a slow or missing syslog daemon does not take are dropped and counted. */
  write({ bytes }: Memory, start: number, end: number): void {
    this.writeLines(bytes.subarray(start, end), '');
  }

  /** A message `prefix` + line per line of the bytes; trailing newlines make no messages. */
  writeLines(bytes: Uint8Array, prefix: string): void {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
    const header = `<${priority}>${timestamp(new Date())} ${ident}: ${prefix}`;
    for (const line of text.replace(/\n+$/, '').split('\n')) this.#send(header + line);
  }

  snapshot(): LogTargetSnapshot {
    return { kind: 'syslog' };
  }

  /** The number of bytes dropped so far; null while none are. */
  get dropped(): number | null {
    return this.#drops.snapshot();
  }

  /** Continues counting dropped bytes from `dropped`. */
  restoreDropped(dropped: number | null): void {
    this.#drops.restore(dropped);
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
    // One socket for the lifetime of the process.
  }

  #send(message: string): void {
    const bytes = Buffer.from(message);
    const failure = this.#sent(bytes);
    const now = performance.now();
    if (failure !== 0) {
      this.#lastDropAt = now;
      this.#drops.add(bytes.length, failure);
    } else if (now - this.#lastDropAt > recoveryMs) this.#drops.end('written');
  }

  /** Returns 0 or the errno; when descriptors run out the next message tries again. */
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
