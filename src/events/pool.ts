// A pool of event listeners: buffers events, dispatches them to ready listeners, and sends an event again after a FAIL
// or an exit. Driven by calls; knows neither pipes nor threads nor the state machine.
import {
  busy,
  end,
  justStarted,
  type ListenerProtocol,
  type ListenerStep,
  receive,
} from './listener-protocol.ts';
import { encodeEvent, type NumberedEvent } from './numbering.ts';
import { printedLines, type ResultHandler } from './result-handler.ts';

/** The parts of a process that a pool uses. */
export interface ListenerProcess {
  readonly name: string;
  /** False before startsecs have passed and while it is being stopped. */
  isRunning(): boolean;
  /** Queues all of `data` for the process's stdin. False if the process has closed it. */
  writeStdin(data: Uint8Array): boolean;
}

export interface PoolLog {
  error(message: string): void;
  warn(message: string): void;
  debug(message: string): void;
}

export interface PoolOptions {
  readonly name: string;
  /** Capacity of the event buffer; at least 1. */
  readonly bufferSize: number;
  /** The daemon's `identifier`, for the header line. */
  readonly identifier: string;
  readonly log: PoolLog;
  readonly resultHandler: ResultHandler;
  /** Receives the handler's output, one character per byte (Latin-1). */
  readonly print: (lines: string) => void;
  /** A monotonic clock, in milliseconds. */
  readonly now: () => number;
}

interface PooledEvent extends NumberedEvent {
  readonly poolSerial: number;
  /** Number of rejections by listeners. */
  readonly rejections: number;
  /** When it may be sent again, on the pool's clock; 0 for at once. */
  readonly sendAt: number;
}

/** Exponential back-off: the delay after the second rejection of an event, doubled after each further one. */
const firstDelayMs = 10;
const maxDelayMs = 1000;

interface Listener {
  readonly process: ListenerProcess;
  protocol: ListenerProtocol;
  /** The event it is processing. */
  event: PooledEvent | null;
}

/** State of a pool. Serialisable. */
export interface PoolSnapshot {
  readonly nextPoolSerial: number;
  readonly buffer: readonly PooledEvent[];
  readonly listeners: Readonly<Record<string, Pick<Listener, 'protocol' | 'event'>>>;
}

export class ListenerPool {
  readonly #options: PoolOptions;
  /** In the order of dispatch. */
  readonly #listeners: ReadonlyMap<string, Listener>;
  #buffer: PooledEvent[] = [];
  #nextPoolSerial = 0;

  /** `processes` by priority, then name: the first ready one gets the next event. */
  constructor(options: PoolOptions, processes: readonly ListenerProcess[]) {
    this.#options = options;
    this.#listeners = new Map(
      processes.map((process) => [process.name, { process, protocol: justStarted, event: null }]),
    );
  }

  /** Number of buffered events. */
  get backlog(): number {
    return this.#buffer.length;
  }

  /** Accepts an event to which the pool has subscribed. */
  accept(event: NumberedEvent): void {
    this.#makeRoom();
    const poolSerial = this.#nextPoolSerial++;
    this.#buffer.push({ ...event, poolSerial, rejections: 0, sendAt: 0 });
    this.#dispatch();
  }

  /** Call it when a process has become RUNNING and may be sent events. */
  running(): void {
    this.#dispatch();
  }

  /** Handles output of a process. */
  received(processName: string, bytes: Uint8Array): void {
    const listener = this.#listener(processName);
    this.#perform(listener, receive(listener.protocol, bytes, this.#options.resultHandler));
  }

  /** The process has exited and its output was received; its next child starts from the initial state. */
  ended(processName: string): void {
    const listener = this.#listener(processName);
    this.#perform(listener, end(listener.protocol));
  }

  /** When to call `resume`, after the back-off of a rejected event, on the pool's clock; infinity without one. */
  get deadline(): number {
    const sendAt = this.#buffer[0]?.sendAt ?? 0;
    return sendAt > 0 && this.#canSend ? sendAt : Number.POSITIVE_INFINITY;
  }

  resume(): void {
    this.#dispatch();
  }

  snapshot(): PoolSnapshot {
    const listeners = [...this.#listeners].map(([name, { protocol, event }]) => [name, { protocol, event }]);
    return {
      nextPoolSerial: this.#nextPoolSerial,
      buffer: [...this.#buffer],
      listeners: Object.fromEntries(listeners),
    };
  }

  /** Continues from the snapshot of a pool with the same processes. */
  restore({ nextPoolSerial, buffer, listeners }: PoolSnapshot): void {
    this.#nextPoolSerial = nextPoolSerial;
    this.#buffer = buffer.map((event) => ({ ...event, sendAt: 0 }));
    for (const [name, listener] of this.#listeners) {
      const before = listeners[name];
      if (!before) continue;
      listener.protocol = before.protocol;
      listener.event = before.event;
    }
  }

  #perform(listener: Listener, { protocol, effects }: ListenerStep): void {
    const { log } = this.#options;
    const { name } = listener.process;
    listener.protocol = protocol;
    for (const effect of effects) {
      switch (effect.type) {
        case 'processed':
          this.#processed(listener, effect.result);
          break;
        case 'rejected':
          this.#rejected(listener);
          break;
        case 'bad-result':
          log.warn(`${name}: bad result line: '${effect.line}'`);
          break;
        case 'moved':
          log.debug(`${name}: ${effect.from} -> ${effect.to}`);
          if (effect.to === 'UNKNOWN') log.warn(`${name}: ${unknownStateWarning}`);
          break;
        case 'requeue':
          this.#requeue(listener);
          break;
      }
    }
    if (effects.length > 0) this.#dispatch();
  }

  #processed(listener: Listener, result: string): void {
    const { log, resultHandler, print } = this.#options;
    const { event, process } = listener;
    if (resultHandler === 'print') print(printedLines(result));
    log.debug(`${process.name}: event was processed`);
    if (event && event.rejections > 1)
      log.warn(`${process.name}: event ${event.serial} was processed after ${event.rejections} rejections`);
    listener.event = null;
  }

  /** Logs the first rejection like the original, and once more when the back-off has reached its maximum. */
  #rejected(listener: Listener): void {
    const { log, now } = this.#options;
    const { event, process } = listener;
    if (event === null) return;
    const rejections = event.rejections + 1;
    const pauseMs = delayAfter(rejections);
    listener.event = { ...event, rejections, sendAt: pauseMs === 0 ? 0 : now() + pauseMs };
    if (rejections === 1) log.warn(`${process.name}: event was rejected`);
    if (pauseMs === maxDelayMs && delayAfter(rejections - 1) < maxDelayMs)
      log.warn(
        `${process.name}: event ${event.serial} was rejected ${rejections} times; it is sent again once a second,` +
          ' and later events wait for it',
      );
  }

  #requeue(listener: Listener): void {
    const { event } = listener;
    if (event === null) return;
    listener.event = null;
    this.#putBack(event);
  }

  get #canSend(): boolean {
    return this.#listeners.values().some(takesEvents);
  }

  /**
   * Sends from the front of the buffer while a listener is ready. A rejected event keeps its position during its
   * back-off.
   */
  #dispatch(): void {
    if (!this.#canSend) return;
    for (let event = this.#buffer[0]; event && !this.#isDelayed(event); event = this.#buffer[0]) {
      this.#buffer.shift();
      if (this.#send(event)) continue;
      this.#putBack({ ...event, sendAt: 0 });
      break;
    }
  }

  #isDelayed({ sendAt }: PooledEvent): boolean {
    return sendAt > 0 && sendAt > this.#options.now();
  }

  #send(event: PooledEvent): boolean {
    const { identifier, name: pool, log } = this.#options;
    for (const listener of this.#listeners.values()) {
      if (!takesEvents(listener)) continue;
      const { name } = listener.process;
      if (
        listener.process.writeStdin(encodeEvent(event, { identifier, pool, poolSerial: event.poolSerial }))
      ) {
        listener.protocol = busy;
        listener.event = event;
        log.debug(`event ${event.serial} sent to listener ${name}`);
        return true;
      }
      log.debug(
        `epipe occurred while sending event ${event.serial} to listener ${name}, listener state unchanged`,
      );
    }
    return false;
  }

  #putBack(event: PooledEvent): void {
    const { name, bufferSize, log } = this.#options;
    const size = `buf size=${this.#buffer.length}, max=${bufferSize}`;
    log.debug(`rebuffering event ${event.serial} for pool ${name} (${size})`);
    this.#makeRoom();
    this.#buffer.unshift(event);
  }

  #makeRoom(): void {
    const { name, bufferSize, log } = this.#options;
    if (this.#buffer.length < bufferSize) return;
    const oldest = this.#buffer.shift();
    if (oldest) log.error(`pool ${name} event buffer overflowed, discarding event ${oldest.serial}`);
  }

  #listener(processName: string): Listener {
    const listener = this.#listeners.get(processName);
    if (!listener) throw new RangeError(`pool ${this.#options.name} has no process ${processName}`);
    return listener;
  }
}

const unknownStateWarning =
  'has entered the UNKNOWN state and will no longer receive events, ' +
  'this usually indicates the process violated the eventlistener protocol';

function delayAfter(rejections: number): number {
  return rejections < 2 ? 0 : Math.min(firstDelayMs * 2 ** (rejections - 2), maxDelayMs);
}

function takesEvents({ process, protocol }: Listener): boolean {
  return protocol.state === 'READY' && process.isRunning();
}
