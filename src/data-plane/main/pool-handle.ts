// The control plane's handle of a pool of event listeners. The pool itself lives in the data plane, where an answer of a
// listener is followed by its next event without a change of threads.
import type { EventSerials } from '../../events/numbering.ts';
import type { PoolLog } from '../../events/pool.ts';
import type { ResultHandler } from '../../events/result-handler.ts';
import type { SupervisorEvent } from '../../events/types.ts';
import type { ListenerCondition, PoolCommand, PoolEvent } from '../protocol/pool-commands.ts';
import type { Log } from './log.ts';
import type { WorkerClient } from './worker-client.ts';

/** More than this on the way means that the data plane hangs, on a disk perhaps: what comes now would only fill the memory. */
const maxUntakenCharacters = 64 * 1024 * 1024;

export interface PoolSpec {
  readonly name: string;
  /** How many events wait at most; at least 1. */
  readonly bufferSize: number;
  /** `identifier` of the daemon, for the header line. */
  readonly identifier: string;
  /** Names of processes, in the order of dispatch. */
  readonly listeners: readonly string[];
  readonly resultHandler: ResultHandler;
  readonly serials: EventSerials;
  readonly log: PoolLog & { isEnabled(level: 'debug'): boolean };
}

export class PoolHandle {
  #untakenCharacters = 0;
  #output: Log | null = null;

  constructor(
    readonly number: number,
    private readonly spec: PoolSpec,
    /** The one that it lives in. */
    readonly thread: WorkerClient,
    /** Opens the log that takes what the handler of results prints, in the same thread. */
    private readonly openOutput: () => Log | null,
  ) {
    const { name, bufferSize, identifier, listeners, resultHandler, log } = spec;
    const facts = { name, bufferSize, identifier, listeners, resultHandler };
    const debug = log.isEnabled('debug');
    this.#send({ do: 'openPool', pool: number, ...facts, debug });
  }

  /** An event this pool has subscribed to occurred. */
  accept(occurred: SupervisorEvent): void {
    const event = this.spec.serials.numbered(occurred);
    if (this.#untakenCharacters > maxUntakenCharacters) {
      this.spec.log.error(`pool ${this.spec.name} event buffer overflowed, discarding event ${event.serial}`);
      return;
    }
    this.#untakenCharacters += event.payload.length;
    this.#send({ do: 'event', pool: this.number, event });
  }

  /** What the process of that name has become. */
  listenerIs(listener: string, now: ListenerCondition): void {
    if (now === 'running' && this.spec.resultHandler === 'print') this.#print();
    this.#send({ do: 'listenerIs', pool: this.number, listener, now });
  }

  hear(report: PoolEvent): void {
    if (report.is === 'poolLog') this.spec.log[report.level](report.message);
    if (report.is === 'eventsTaken') this.#untakenCharacters -= report.characters;
  }

  /** Drops what waits. */
  close(): void {
    this.#send({ do: 'closePool', pool: this.number });
    this.#output?.release();
  }

  /** Not before a listener runs: until the daemon is in the background, its stdout is that of its starter. */
  #print(): void {
    this.#output ??= this.openOutput();
    if (this.#output) this.#send({ do: 'printTo', pool: this.number, log: this.#output.number });
  }

  #send(command: PoolCommand): void {
    this.thread.send(command);
  }
}
