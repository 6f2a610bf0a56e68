// A log in systemd's journal: every line is a datagram to journald. Lines are buffered while journald is slow, and
// dropped and counted while it does not run.
import { E } from '../linux/errno.ts';
import { closeFile, type Memory, memoryOf, sendFrom } from '../linux/file.ts';
import { connectDatagrams } from '../linux/unix-datagram.ts';
import { BufferedLog, type BufferSnapshot } from './buffered-log.ts';
import { encodeEntry, encodeFields, firstMessage, type JournalOrigin } from './journal-entry.ts';
import { errnoOf } from './log-target.ts';

const journalSocket = '/run/systemd/journal/socket';
/** Throttles reconnects while journald does not run. */
const reconnectIntervalMs = 250;

/** Without its connection, which is opened again. Serialisable. */
export interface JournalLogSnapshot {
  readonly kind: 'journal';
  readonly origin: JournalOrigin;
  /** The process that writes; null when none has been set. */
  readonly pid: number | null;
  readonly buffer: BufferSnapshot;
}

export class JournalLog extends BufferedLog {
  /** Waits for whole lines, because an entry cannot be extended once it is written. */
  readonly lineWaitMs = 1000;
  #fd = -1;
  /** The errno of the last connect(2), or 0; and when to reconnect, on the clock of performance.now(). */
  #failure = 0;
  #nextTry = 0;
  #pid: number | null = null;
  #head: Uint8Array;

  constructor(
    private readonly origin: JournalOrigin,
    onTrouble: (message: string) => void,
    private readonly path = journalSocket,
  ) {
    super(`the journal (${nameOf(origin)})`, onTrouble);
    this.#head = encodeFields(origin);
  }

  static restore(
    { origin, pid, buffer }: JournalLogSnapshot,
    onTrouble: (message: string) => void,
    path = journalSocket,
  ): JournalLog {
    const log = new JournalLog(origin, onTrouble, path);
    if (pid !== null) log.setPid(pid);
    log.restoreBuffer(buffer);
    if (buffer.blockedSince !== null) log.#connect();
    return log;
  }

  snapshot(): JournalLogSnapshot {
    return { kind: 'journal', origin: this.origin, pid: this.#pid, buffer: this.snapshotBuffer() };
  }

  /** Sets the process that writes from now on (OBJECT_PID): journald adds its metadata. */
  setPid(pid: number): void {
    this.#pid = pid;
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

  /** Sends the first line. */
  protected put({ bytes }: Memory, start: number, end: number): number {
    const message = firstMessage(bytes, start, end);
    const entry = memoryOf(encodeEntry(this.#head, bytes, message));
    const failure = this.#send(entry);
    return failure === 0 ? message.next - start : -failure;
  }

  /** Reconnects and retries once, in case journald has restarted. */
  #send(entry: Memory): number {
    const isFresh = this.#fd < 0;
    const failure = this.#connect() || this.#sendOnce(entry);
    if (failure === 0 || keepsConnection(failure)) return failure;
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
    this.#nextTry = now + reconnectIntervalMs;
    return this.#failure;
  }

  #disconnect(): void {
    if (this.#fd >= 0) closeFile(this.#fd);
    this.#fd = -1;
  }
}

/** Errors that leave the connection usable: the queue is full, or this entry cannot be sent. */
function keepsConnection(failure: number): boolean {
  return failure === E.EAGAIN || failure === E.EINTR || failure === E.EMSGSIZE || failure === E.ENOBUFS;
}

function nameOf(origin: JournalOrigin): string {
  const stream = origin['TSUPERVISOR_STREAM'];
  return stream === undefined ? 'our own' : `${origin['TSUPERVISOR_PROCESS']} ${stream}`;
}
