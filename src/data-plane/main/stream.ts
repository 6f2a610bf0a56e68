// The main thread's handle of an output stream of a child, which a worker reads.
import type { WorkerClient } from './worker-client.ts';

/** Serialisable. */
export interface StreamSnapshot {
  /** Index of its worker. */
  readonly worker: number;
  readonly number: number;
}

export class Stream {
  constructor(
    readonly number: number,
    /** The worker that reads it. */
    readonly thread: WorkerClient,
  ) {}

  /** Resolves when everything now in the pipe is in the log and was delivered to the consumer. */
  drained(): Promise<void> {
    return this.thread.drain(this.number);
  }

  /** Without effect on a stream that awaits nothing; closes one that awaits a newline. */
  stopAwaiting(): void {
    this.thread.send({ do: 'stopAwaiting', stream: this.number });
  }

  snapshot(): StreamSnapshot {
    return { worker: this.thread.index, number: this.number };
  }
}
