// Starts process after process without waiting for each to become its program.
import { maxPendingSpawns } from '../linux/spawn.ts';
import type { Process } from './process.ts';

export class StartBatch {
  readonly #begun: Process[] = [];

  start(process: Process): void {
    process.begin();
    this.#begun.push(process);
    if (this.#begun.length === maxPendingSpawns) this.#begun.shift()?.settle();
  }

  /** Must follow in the same turn of the event loop. */
  settle(): void {
    for (let process = this.#begun.shift(); process; process = this.#begun.shift()) process.settle();
  }
}
