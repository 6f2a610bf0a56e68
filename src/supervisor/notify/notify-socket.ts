// The notify socket of one run of a program: receives messages, checks who sent them, and gives them to the run.
import { unlinkSync } from 'node:fs';
import { closeFile } from '../../linux/file.ts';
import type { Datagram, UnixDatagramReceiver } from '../../linux/unix-datagram-receiver.ts';
import { type NotifyMessage, parseNotifyMessage } from '../../systemd/notify-message.ts';
import { judgeSender, type Membership } from './membership.ts';

/** The run of a program that a socket is for. */
export interface NotifyOwner extends Membership {
  readonly name: string;
  /** `sender`: its user. */
  onMessage(message: NotifyMessage, sender: number): void;
  /** All messages that could be read now were given. */
  onMessagesRead(): void;
}

export interface NotifyLog {
  debug(message: string): void;
  warn(message: string): void;
}

export class NotifySocket {
  /** What was logged: once each, as a program could fill the log otherwise. */
  readonly #logged = new Set<string>();
  #isOpen = true;

  constructor(
    /** The value of NOTIFY_SOCKET. */
    readonly address: string,
    private readonly receiver: UnixDatagramReceiver,
    private readonly owner: NotifyOwner,
    private readonly log: NotifyLog,
    /** Closes descriptors that were passed along. */
    private readonly discard: (descriptors: readonly number[]) => void,
    private readonly onClose: (socket: NotifySocket) => void,
  ) {}

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get fd(): number {
    return this.receiver.fd;
  }

  /** Handles the messages that wait now. */
  readAll(): void {
    this.read(this.receiver.capacity);
  }

  /** Handles the messages that wait, at most `count`; returns how many there were. */
  read(count: number): number {
    let taken = 0;
    // A message may end the run, and with it the socket.
    while (taken < count && this.#isOpen) {
      const datagram = this.receiver.receive();
      if (datagram === null) break;
      taken += 1;
      try {
        this.#take(datagram);
      } finally {
        // Not before: it tells a sender that waits (BARRIER=1) that everything before was handled.
        this.discard(datagram.descriptors);
        closeSender(datagram);
      }
    }
    if (taken > 0) this.owner.onMessagesRead();
    return taken;
  }

  /** Logs a warning unless the same, but for its numbers, was logged before. */
  warnOnce(message: string): void {
    this.#logOnce('warn', message);
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.onClose(this);
    this.receiver.close();
    try {
      unlinkSync(this.address);
    } catch {
      // Best effort: nothing listens at it any more.
    }
  }

  #take({ data, sender }: Datagram): void {
    if (sender === null) return;
    const { name } = this.owner;
    const verdict = judgeSender(sender, this.owner, this.receiver.hasPidfds);
    const { pid, uid } = sender;
    if (verdict === 'ended')
      return this.#logOnce('debug', `dropped a message to '${name}': its sender (pid ${pid}) has ended`);
    if (verdict === 'stranger') {
      const who = `pid ${pid}, uid ${uid}`;
      return this.#logOnce('warn', `ignored a message to '${name}' from ${who}, which is no process of it`);
    }
    const message = data && parseNotifyMessage(data);
    if (message) this.owner.onMessage(message, uid);
    else
      this.#logOnce('warn', `ignored a message of '${name}': ${data ? 'it contains NUL' : 'it is too long'}`);
  }

  /** The pid differs each time. */
  #logOnce(level: keyof NotifyLog, message: string): void {
    const kind = message.replaceAll(/\d+/g, '');
    if (this.#logged.has(kind)) return;
    this.#logged.add(kind);
    this.log[level](message);
  }
}

function closeSender({ sender }: Datagram): void {
  if (sender !== null && sender.pidfd !== null) closeFile(sender.pidfd);
}
