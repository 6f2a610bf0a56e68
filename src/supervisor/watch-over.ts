// What the configuration asks for a process beyond keeping it up, connected with the process.
import { callHooks } from './hooks.ts';
import { httpFailure } from './http-check.ts';
import { memoryAbove, memoryLookMs } from './memory-limit.ts';
import type { Process } from './process.ts';
import { restartWhen } from './restart-when.ts';
import type { Surroundings } from './surroundings.ts';

export function watchOver(process: Process, surroundings: Surroundings): void {
  const { maxMemoryBytes, httpCheck, onFatal, onExit } = process.config.watch;
  if (maxMemoryBytes !== null)
    restartWhen(process, memoryLookMs, memoryAbove(maxMemoryBytes), surroundings.log);
  if (httpCheck) restartWhen(process, httpCheck.intervalMs, httpFailure(httpCheck), surroundings.log);
  if (onFatal || onExit) callHooks(process, { onFatal, onExit }, surroundings);
}
