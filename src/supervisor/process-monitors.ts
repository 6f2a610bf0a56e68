// What the configuration asks for a process beyond keeping it up, connected with the process.

import type { DaemonContext } from './daemon-context.ts';
import { monitorHealth } from './health-monitor.ts';
import { callHooks } from './hooks.ts';
import { httpFailure } from './http-check.ts';
import { memoryAbove, memoryLookMs } from './memory-limit.ts';
import type { Process } from './process.ts';

export function attachMonitors(process: Process, daemon: DaemonContext): void {
  const { maxMemoryBytes, httpCheck, onFatal, onExit } = process.config.watch;
  if (maxMemoryBytes !== null) monitorHealth(process, memoryLookMs, memoryAbove(maxMemoryBytes), daemon.log);
  if (httpCheck) monitorHealth(process, httpCheck.intervalMs, httpFailure(httpCheck), daemon.log);
  if (onFatal || onExit) callHooks(process, { onFatal, onExit }, daemon);
}
