// Starts process after process without waiting for each to become its program. `finish` must follow in the same turn
// of the event loop.
import { maxPendingSpawns } from '../linux/spawn.ts';
import type { Process } from './process.ts';
import type { Requester } from './requester.ts';

export class StartBatch {
  readonly #begun: Process[] = [];

  start(process: Process, by: Requester): void {
    process.beginStart(by);
    this.#begun.push(process);
    if (this.#begun.length === maxPendingSpawns) this.#begun.shift()?.finishSpawn();
  }

  finish(): void {
    for (let process = this.#begun.shift(); process; process = this.#begun.shift()) process.finishSpawn();
  }
}
