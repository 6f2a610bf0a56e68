// Attaches readiness and health checks and hooks to a process, as its configuration says.

import type { Readiness } from '../config/values/readiness.ts';
import { HealthMonitor } from './health/health-monitor.ts';
import { httpFailure } from './health/http-check.ts';
import { memoryAbove, memoryProbeMs } from './health/memory-limit.ts';
import type { Monitor } from './health/monitor.ts';
import { callHooks } from './hooks/hooks.ts';
import type { Process } from './process.ts';
import { probeOf, subjectOf, withoutPassword } from './readiness/readiness-probe.ts';
import { RepeatedProbe } from './readiness/repeated-probe.ts';

export interface ProcessMonitors {
  /** Those whose state the process snapshots. */
  readonly all: readonly Monitor[];
  /** The one that decides whether the process is healthy; null without a check. */
  readonly health: HealthMonitor | null;
}

/** Attaches the hooks, too. */
export function attachMonitors(process: Process): ProcessMonitors {
  const { maxMemory, httpCheck, ready, onFatal, onExit } = process.config.extensions;
  if (onFatal || onExit) callHooks(process, { onFatal, onExit }, process.daemon);
  if (maxMemory === null && httpCheck === null && ready === null) return noMonitors;
  const memory = maxMemory === null ? null : memoryMonitor(process, maxMemory);
  const health = httpCheck === null ? null : httpMonitor(process, httpCheck);
  const readiness = ready && readinessMonitor(process, ready);
  return { all: [memory, health, readiness].filter((monitor) => monitor !== null), health };
}

/** Shared by all processes without any. */
const noMonitors: ProcessMonitors = { all: [], health: null };

function memoryMonitor(process: Process, maxBytes: number): HealthMonitor {
  const probe = memoryAbove(maxBytes);
  return new HealthMonitor(process, {
    ...{ option: 'max_memory', intervalMs: memoryProbeMs, decidesHealth: false },
    ...{ probe, subject: null },
  });
}

function httpMonitor(process: Process, url: string): HealthMonitor {
  const {
    httpCheckInterval: intervalMs,
    httpCheckTimeout: timeoutMs,
    ...options
  } = process.config.extensions;
  const { httpCheckStatus: status, httpCheckText: text } = options;
  const probe = httpFailure({ url, timeoutMs, status, text });
  return new HealthMonitor(process, {
    ...{ option: 'http_check', intervalMs, decidesHealth: true },
    ...{ probe, subject: withoutPassword(url) },
  });
}

/** Null where nothing has to be asked. */
function readinessMonitor(process: Process, ready: Readiness): RepeatedProbe | null {
  const probe = probeOf(ready);
  if (probe === null) return null;
  const { readyInterval: intervalMs } = process.config.extensions;
  return new RepeatedProbe(process, { subject: subjectOf(ready), probe, intervalMs });
}
