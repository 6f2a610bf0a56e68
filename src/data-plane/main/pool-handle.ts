// The main thread's handle of a listener pool. The pool itself is in a worker, so that the next event follows a result
// without a thread switch.
import type { EventSerials } from '../../events/numbering.ts';
import type { PoolLog } from '../../events/pool.ts';
import type { ResultHandler } from '../../events/result-handler.ts';
import type { SupervisorEvent } from '../../events/types.ts';
import type { ListenerCondition, PoolCommand, PoolEvent } from '../protocol/pool-commands.ts';
import type { Log, LogSnapshot } from './log.ts';
import type { WorkerClient } from './worker-client.ts';

/**
 * Above this watermark the worker hangs, perhaps on a stalled disk, and further events would only fill memory: they are
 * dropped.
 */
const maxUntakenCharacters = 64 * 1024 * 1024;

export interface PoolSpec {
  readonly name: string;
  /** Capacity of the event buffer; at least 1. */
  readonly bufferSize: number;
  /** `identifier` of the daemon, for the header line. */
  readonly identifier: string;
  /** Names of processes, in the order of dispatch. */
  readonly listeners: readonly string[];
  readonly resultHandler: ResultHandler;
  readonly serials: EventSerials;
  readonly log: PoolLog & { isEnabled(level: 'debug'): boolean };
}

/** Serialisable. */
export interface PoolHandleSnapshot {
  readonly name: string;
  readonly number: number;
  /** Index of its worker. */
  readonly worker: number;
  readonly output: LogSnapshot | null;
  /** The listeners that were last reported as running. */
  readonly running: readonly string[];
}

export class PoolHandle {
  /** Zero after a restore: the events before a snapshot have arrived. */
  #untakenCharacters = 0;
  #output: Log | null = null;
  #running: Set<string> = new Set();

  constructor(
    readonly number: number,
    private readonly spec: PoolSpec,
    /** The worker that has the pool. */
    readonly thread: WorkerClient,
    /** Opens the log for the output of the result handler, in the same worker. */
    private readonly openOutput: () => Log | null,
  ) {}

  /** Opens the pool in the worker. */
  open(): void {
    const { name, bufferSize, identifier, listeners, resultHandler, log } = this.spec;
    const facts = { name, bufferSize, identifier, listeners, resultHandler };
    const debug = log.isEnabled('debug');
    this.#send({ do: 'openPool', pool: this.number, ...facts, debug });
  }

  snapshot(): PoolHandleSnapshot {
    const { number, spec, thread } = this;
    const output = this.#output?.snapshot() ?? null;
    return { name: spec.name, number, worker: thread.index, output, running: [...this.#running] };
  }

  /** Continues from a snapshot, instead of `open`. */
  restore({ running }: PoolHandleSnapshot, output: Log | null): void {
    this.#running = new Set(running);
    this.#output = output;
  }

  /** Sends an event to which the pool has subscribed. */
  accept(occurred: SupervisorEvent): void {
    const event = this.spec.serials.numbered(occurred);
    if (this.#untakenCharacters > maxUntakenCharacters) {
      this.spec.log.error(`pool ${this.spec.name} event buffer overflowed, discarding event ${event.serial}`);
      return;
    }
    this.#untakenCharacters += event.payload.length;
    this.#send({ do: 'event', pool: this.number, event });
  }

  /** Reports the condition of a listener process; idempotent. */
  listenerIs(listener: string, now: ListenerCondition): void {
    if (
      now === 'running' ? this.#running.has(listener) : now === 'notRunning' && !this.#running.has(listener)
    )
      return;
    if (now === 'running') this.#running.add(listener);
    else this.#running.delete(listener);
    if (now === 'running' && this.spec.resultHandler === 'print') this.#print();
    this.#send({ do: 'listenerIs', pool: this.number, listener, now });
  }

  onEvent(report: PoolEvent): void {
    if (report.is === 'poolLog') this.spec.log[report.level](report.message);
    if (report.is === 'eventsTaken') this.#untakenCharacters -= report.characters;
  }

  /** Drops buffered events. */
  close(): void {
    this.#send({ do: 'closePool', pool: this.number });
    this.#output?.release();
  }

  /** Not before a listener runs: until the daemon has daemonised, its stdout belongs to the caller. */
  #print(): void {
    this.#output ??= this.openOutput();
    if (this.#output) this.#send({ do: 'printTo', pool: this.number, log: this.#output.number });
  }

  #send(command: PoolCommand): void {
    this.thread.send(command);
  }
}
