// What the configuration asks for a process beyond keeping it up, connected with the process.

import type { DaemonContext } from './daemon-context.ts';
import { HealthMonitor } from './health-monitor.ts';
import { callHooks } from './hooks.ts';
import { httpFailure } from './http-check.ts';
import { memoryAbove, memoryProbeMs } from './memory-limit.ts';
import type { Process } from './process.ts';

export function attachMonitors(process: Process, daemon: DaemonContext): void {
  const { maxMemoryBytes, httpCheck, onFatal, onExit } = process.config.watch;
  if (maxMemoryBytes !== null) {
    const probe = memoryAbove(maxMemoryBytes);
    new HealthMonitor(process, { option: 'max_memory', intervalMs: memoryProbeMs, probe });
  }
  if (httpCheck) {
    const { intervalMs } = httpCheck;
    new HealthMonitor(process, { option: 'http_check', intervalMs, probe: httpFailure(httpCheck) });
  }
  if (onFatal || onExit) callHooks(process, { onFatal, onExit }, daemon);
}
