// Attaches health checks and hooks to a process, as its configuration says.

import { HealthMonitor } from './health-monitor.ts';
import { callHooks } from './hooks.ts';
import { httpFailure } from './http-check.ts';
import { memoryAbove, memoryProbeMs } from './memory-limit.ts';
import type { Process } from './process.ts';

/** Attaches the hooks; returns the monitors, whose state the process snapshots. */
export function attachMonitors(process: Process): readonly HealthMonitor[] {
  const { maxMemory, httpCheck, onFatal, onExit, ...options } = process.config.extensions;
  if (onFatal || onExit) callHooks(process, { onFatal, onExit }, process.daemon);
  if (maxMemory === null && httpCheck === null) return noMonitors;
  const monitors: HealthMonitor[] = [];
  if (maxMemory !== null) {
    const probe = memoryAbove(maxMemory);
    monitors.push(new HealthMonitor(process, { option: 'max_memory', intervalMs: memoryProbeMs, probe }));
  }
  if (httpCheck !== null) {
    const { httpCheckInterval: intervalMs, httpCheckTimeout: timeoutMs, httpCheckStatus: status } = options;
    const probe = httpFailure({ url: httpCheck, timeoutMs, status, text: options.httpCheckText });
    monitors.push(new HealthMonitor(process, { option: 'http_check', intervalMs, probe }));
  }
  return monitors;
}

/** Shared by all processes without any. */
const noMonitors: readonly HealthMonitor[] = [];
