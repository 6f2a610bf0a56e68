// Starts many processes without waiting for the execve(2) of each. Call `finish` in the same turn of the event loop.
import { maxPendingSpawns } from '../linux/spawn.ts';
import type { Process } from './process.ts';
import type { Requester } from './requester.ts';

export class StartBatch {
  readonly #pending: Process[] = [];

  start(process: Process, by: Requester): void {
    this.add(process, () => process.beginStart(by));
  }

  /** `begin` may leave the spawn of `process` pending. */
  add(process: Process, begin: () => void): void {
    begin();
    this.#pending.push(process);
    if (this.#pending.length === maxPendingSpawns) this.#pending.shift()?.finishSpawn();
  }

  finish(): void {
    for (let process = this.#pending.shift(); process; process = this.#pending.shift()) process.finishSpawn();
  }
}
