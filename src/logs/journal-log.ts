// A log in systemd's journal: every line is a datagram to journald. What journald does not take at once waits for it;
// without journald it is dropped and counted, until there is one again.
import { E } from '../linux/errno.ts';
import { closeFile, type Memory, memoryOf, sendFrom } from '../linux/file.ts';
import { connectDatagrams } from '../linux/unix-datagram.ts';
import { BufferedLog } from './buffered-log.ts';
import { encodeEntry, encodeFields, firstMessage, type JournalOrigin } from './journal-entry.ts';
import { errnoOf } from './log-target.ts';

const journalSocket = '/run/systemd/journal/socket';
/** How often a journald that is not there is looked for, while there is something to write. */
const lookAgainMs = 250;

export class JournalLog extends BufferedLog {
  /** An entry cannot be made longer once it is written. */
  readonly lineWaitMs = 1000;
  #fd = -1;
  /** Why there is no connection, and when to try again, on the clock of performance.now(). */
  #failure = 0;
  #nextTry = 0;
  #head: Uint8Array;

  constructor(
    private readonly origin: JournalOrigin,
    tell: (message: string) => void,
    private readonly path = journalSocket,
  ) {
    super(`the journal (${nameOf(origin)})`, tell);
    this.#head = encodeFields(origin);
  }

  /** Whose output it is from now on: journald adds what it knows of that process. */
  setPid(pid: number): void {
    this.#head = encodeFields({ ...this.origin, OBJECT_PID: String(pid) });
  }

  reopen(): number {
    return 0;
  }

  override close(): void {
    super.close();
    this.#disconnect();
  }

  protected get descriptor(): number {
    return this.#fd;
  }

  /** Its first line. */
  protected put({ bytes }: Memory, start: number, end: number): number {
    const message = firstMessage(bytes, start, end);
    const entry = memoryOf(encodeEntry(this.#head, bytes, message));
    const failure = this.#send(entry);
    return failure === 0 ? message.next - start : -failure;
  }

  /** Once more if journald is another one by now. */
  #send(entry: Memory): number {
    const isFresh = this.#fd < 0;
    const failure = this.#connect() || this.#sendOnce(entry);
    if (failure === 0 || isGood(failure)) return failure;
    this.#disconnect();
    return isFresh ? failure : this.#connect() || this.#sendOnce(entry);
  }

  #sendOnce(entry: Memory): number {
    return Math.max(0, -sendFrom(this.#fd, entry, 0, entry.bytes.length));
  }

  #connect(): number {
    if (this.#fd >= 0) return 0;
    const now = performance.now();
    if (this.#failure !== 0 && now < this.#nextTry) return this.#failure;
    this.#failure = errnoOf(() => {
      this.#fd = connectDatagrams(this.path);
    });
    this.#nextTry = now + lookAgainMs;
    return this.#failure;
  }

  #disconnect(): void {
    if (this.#fd >= 0) closeFile(this.#fd);
    this.#fd = -1;
  }
}

/** The connection is not to blame: the queue is full, or this entry cannot be sent. */
function isGood(failure: number): boolean {
  return failure === E.EAGAIN || failure === E.EINTR || failure === E.EMSGSIZE || failure === E.ENOBUFS;
}

function nameOf(origin: JournalOrigin): string {
  const stream = origin['TSUPERVISOR_STREAM'];
  return stream === undefined ? 'our own' : `${origin['TSUPERVISOR_PROCESS']} ${stream}`;
}
