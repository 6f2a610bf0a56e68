// /metrics for Prometheus and /healthz for whoever only wants to know whether we are there.
import { openDescriptors, processUsage } from '../linux/process-usage.ts';
import type { Process } from '../supervisor/process.ts';
import { stateCodes } from '../supervisor/process-state.ts';
import { type ProgramUsage, type Usages, usageOf } from '../supervisor/program-usage.ts';
import { type Supervisor, supervisorStateCodes } from '../supervisor/supervisor.ts';
import { version } from '../version.ts';
import { ProcessCounters } from './process-counters.ts';
import { type Labels, metric, type Sample } from './prometheus.ts';
import type { HttpResponse } from './response.ts';
import { at, type Route } from './router.ts';

export function metricsRoutes(supervisor: Supervisor, identifier: string): readonly Route[] {
  const counters = new ProcessCounters(supervisor);
  return [
    at('/metrics', ['GET', 'HEAD'], async () => {
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
    at('/healthz', ['GET', 'HEAD'], () => health(supervisor)),
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

/** By path; without those that are no files, or that a disk tells nothing of just now. */
async function logBytesOf({
  processesByPriority,
  surroundings,
}: Supervisor): Promise<ReadonlyMap<string, number>> {
  const paths = processesByPriority.flatMap(({ logPaths: { stdout, stderr } }) =>
    [stdout, stderr].filter((path) => path !== null),
  );
  const files = await surroundings.dataPlane.filesAt(paths);
  return new Map(paths.flatMap((path, index) => (files[index] ? [[path, files[index].bytes]] : [])));
}

function processMetrics(
  processes: readonly Process[],
  counters: ProcessCounters,
  logBytes: ReadonlyMap<string, number>,
): string {
  const of = (samplesOf: (process: Process, labels: Labels) => readonly Sample[]) =>
    processes.flatMap((process) => samplesOf(process, { group: process.group, process: process.name }));
  const usages = new Map(
    processes.map((process) => [process, process.pid ? processUsage(process.pid) : null]),
  );
  return [
    metric('supervisor_process_state', 'gauge', 'Whether the process is in this state.', of(stateSamples)),
    metric(
      'supervisor_process_starts_total',
      'counter',
      'Attempts to start the process.',
      of(({ group, name }, labels) => [[labels, counters.of(group, name).starts]]),
    ),
    metric(
      'supervisor_process_failed_starts_total',
      'counter',
      'Attempts that failed: not spawned, or dead before startsecs.',
      of(({ group, name }, labels) => [[labels, counters.of(group, name).failedStarts]]),
    ),
    metric(
      'supervisor_process_exits_total',
      'counter',
      'Ends of the process by exit code, -1 for a signal.',
      of(({ group, name }, labels) =>
        [...counters.of(group, name).exits].map(([code, count]) => [
          { ...labels, code: String(code) },
          count,
        ]),
      ),
    ),
    metric(
      'supervisor_process_start_time_seconds',
      'gauge',
      'When the process was last started, in seconds of Unix time.',
      of(({ times }, labels) => (times.started > 0 ? [[labels, times.started]] : [])),
    ),
    metric(
      'supervisor_process_uptime_seconds',
      'gauge',
      'For how long the process has been running.',
      of(({ state, times }, labels) =>
        state === 'RUNNING' ? [[labels, Math.max(0, Math.floor(Date.now() / 1000) - times.started)]] : [],
      ),
    ),
    metric(
      'supervisor_process_cpu_seconds_total',
      'counter',
      'CPU time of the process, without its children.',
      of((process, labels) => sampleOrNone(labels, usages.get(process)?.cpuSeconds)),
    ),
    metric(
      'supervisor_process_resident_memory_bytes',
      'gauge',
      'Resident memory of the process, without its children.',
      of((process, labels) => sampleOrNone(labels, usages.get(process)?.residentBytes)),
    ),
    metric(
      'supervisor_process_log_size_bytes',
      'gauge',
      'Size of the current log file.',
      of((process, labels) => logSamples(process, labels, logBytes)),
    ),
  ].join('');
}

/** What is in its cgroup, or its descendants where it has none. */
function usageMetrics(usages: Usages['usages']): string {
  const of = (figure: (usage: ProgramUsage) => number): Sample[] =>
    [...usages].map(([{ group, name }, usage]) => [{ group, process: name }, figure(usage)]);
  return [
    metric(
      'supervisor_process_tree_cpu_seconds_total',
      'counter',
      'CPU time of the process and everything that it has started.',
      of(({ cpuSeconds }) => cpuSeconds),
    ),
    metric(
      'supervisor_process_tree_resident_memory_bytes',
      'gauge',
      'Resident memory of the process and everything that it has started.',
      of(({ residentBytes }) => residentBytes),
    ),
  ].join('');
}

function stateSamples(process: Process, labels: Labels): readonly Sample[] {
  return Object.keys(stateCodes).map((state) => [{ ...labels, state }, process.state === state ? 1 : 0]);
}

function logSamples(
  { logPaths }: Process,
  labels: Labels,
  logBytes: ReadonlyMap<string, number>,
): readonly Sample[] {
  return (['stdout', 'stderr'] as const).flatMap((channel) => {
    const path = logPaths[channel];
    return sampleOrNone({ ...labels, channel }, path === null ? undefined : logBytes.get(path));
  });
}

function sampleOrNone(labels: Labels, value: number | undefined): readonly Sample[] {
  return value === undefined ? [] : [[labels, value]];
}

/** The names are those that client libraries of Prometheus use. */
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
    metric('supervisor_groups', 'gauge', 'Active groups.', [[{}, supervisor.groups.size]]),
    metric(
      'process_cpu_seconds_total',
      'counter',
      'CPU time of the supervisor itself.',
      sampleOrNone({}, usage?.cpuSeconds),
    ),
    metric(
      'process_resident_memory_bytes',
      'gauge',
      'Resident memory of the supervisor itself.',
      sampleOrNone({}, usage?.residentBytes),
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
