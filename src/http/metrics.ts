// /metrics for Prometheus and /healthz for liveness checks.
import { openDescriptors, processUsage } from '../linux/process-usage.ts';
import type { Boot } from '../supervisor/boot.ts';
import { usageOf } from '../supervisor/child/program-usage.ts';
import type { Process } from '../supervisor/process.ts';
import { type Supervisor, supervisorStateCodes } from '../supervisor/supervisor.ts';
import { version } from '../version.ts';
import { ProcessCounters } from './process-counters.ts';
import { processMetrics, usageMetrics } from './process-metrics.ts';
import { metric, type Sample } from './prometheus.ts';
import type { HttpResponse } from './response.ts';
import { at, type Route } from './router.ts';

export function metricsRoutes(supervisor: Supervisor, identifier: string): readonly Route[] {
  const counters = new ProcessCounters(supervisor);
  return [
    at('/metrics', ['GET', 'HEAD'], 'unused', async () => {
      const processes = supervisor.processesByPriority;
      const [{ usages }, logBytes] = await Promise.all([usageOf(processes), logBytesOf(supervisor)]);
      return {
        status: 200,
        headers: [['Content-Type', 'text/plain; version=0.0.4; charset=utf-8']],
        body:
          processMetrics(processes, counters, logBytes) +
          usageMetrics(usages) +
          ownMetrics(supervisor, identifier),
      };
    }),
    at('/healthz', ['GET', 'HEAD'], 'unused', () => health(supervisor)),
  ];
}

function health({ state }: Supervisor): HttpResponse {
  const healthy = state === 'RUNNING';
  return {
    status: healthy ? 200 : 503,
    headers: [['Content-Type', 'text/plain']],
    body: healthy ? 'ok\n' : `${state.toLowerCase()}\n`,
  };
}

/** Keyed by path; omits logs that are not files or whose disk does not respond. */
async function logBytesOf({ processesByPriority, daemon }: Supervisor): Promise<ReadonlyMap<string, number>> {
  const paths = processesByPriority.flatMap(({ logPaths: { stdout, stderr } }) =>
    [stdout, stderr].filter((path) => path !== null),
  );
  const files = await daemon.dataPlane.filesAt(paths);
  return new Map(paths.flatMap((path, index) => (files[index] ? [[path, files[index].bytes]] : [])));
}

/** None while it is not over. */
function bootDuration({ beganAt, readyAt, isOver }: Boot<Process>): readonly Sample[] {
  return isOver && readyAt !== null ? [[{}, (readyAt - beganAt) / 1000]] : [];
}

/** Metric names follow the Prometheus client libraries. */
function ownMetrics(supervisor: Supervisor, identifier: string): string {
  const usage = processUsage(process.pid);
  return [
    metric('supervisor_info', 'gauge', 'Which supervisor this is.', [[{ version, identifier }, 1]]),
    metric(
      'supervisor_state',
      'gauge',
      'Whether the supervisor is in this state.',
      Object.keys(supervisorStateCodes).map((state) => [{ state }, supervisor.state === state ? 1 : 0]),
    ),
    metric(
      'supervisor_boot_duration_seconds',
      'gauge',
      'From the start of the first program until the last program of the boot was ready.',
      bootDuration(supervisor.boot),
    ),
    metric('supervisor_groups', 'gauge', 'Active groups.', [[{}, supervisor.groups.size]]),
    metric(
      'process_cpu_seconds_total',
      'counter',
      'CPU time of the supervisor itself.',
      usage ? [[{}, usage.cpuSeconds]] : [],
    ),
    metric(
      'process_resident_memory_bytes',
      'gauge',
      'Resident memory of the supervisor itself.',
      usage ? [[{}, usage.residentBytes]] : [],
    ),
    metric('process_open_fds', 'gauge', 'Open file descriptors of the supervisor itself.', [
      [{}, openDescriptors()],
    ]),
    metric(
      'process_start_time_seconds',
      'gauge',
      'When the supervisor was started, in seconds of Unix time.',
      [[{}, Math.floor(performance.timeOrigin / 1000)]],
    ),
  ].join('');
}
