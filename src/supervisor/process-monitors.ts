// What the configuration asks for a process beyond keeping it up, connected with the process.

import type { DaemonContext } from './daemon-context.ts';
import { HealthMonitor } from './health-monitor.ts';
import { callHooks } from './hooks.ts';
import { httpFailure } from './http-check.ts';
import { memoryAbove, memoryProbeMs } from './memory-limit.ts';
import type { Process } from './process.ts';

export function attachMonitors(process: Process, daemon: DaemonContext): void {
  const { maxMemory, onFatal, onExit, ...options } = process.config.extensions;
  if (maxMemory !== null) {
    const probe = memoryAbove(maxMemory);
    new HealthMonitor(process, { option: 'max_memory', intervalMs: memoryProbeMs, probe });
  }
  if (options.httpCheck !== null) {
    const { httpCheckInterval: intervalMs, httpCheckTimeout: timeoutMs, httpCheckStatus: status } = options;
    const probe = httpFailure({ url: options.httpCheck, timeoutMs, status, text: options.httpCheckText });
    new HealthMonitor(process, { option: 'http_check', intervalMs, probe });
  }
  if (onFatal || onExit) callHooks(process, { onFatal, onExit }, daemon);
}
