// The metrics of each process in /metrics: one table row per metric.

import { channels } from '../config/channel.ts';
import { type ProcessUsage, processUsage } from '../linux/process-usage.ts';
import { doneAtOf } from '../supervisor/boot.ts';
import type { ProgramUsage, Usages } from '../supervisor/child/program-usage.ts';
import { stateCodes } from '../supervisor/lifecycle/process-state.ts';
import type { Process } from '../supervisor/process.ts';
import type { ProcessCounters, ProcessCounts } from './process-counters.ts';
import { type Labels, metric, type Sample } from './prometheus.ts';

/** Input for all samples of one process. */
interface Observation {
  readonly process: Process;
  readonly labels: Labels;
  readonly counts: ProcessCounts;
  /** Of the process itself; null if it is not running. */
  readonly usage: ProcessUsage | null;
  /** Keyed by path. */
  readonly logBytes: ReadonlyMap<string, number>;
}

interface ProcessMetric {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  readonly samples: (observation: Observation) => readonly Sample[];
}

/** `logBytes`: sizes of log files by path; missing files have no sample. */
export function processMetrics(
  processes: readonly Process[],
  counters: ProcessCounters,
  logBytes: ReadonlyMap<string, number>,
): string {
  const observations = processes.map((process): Observation => {
    const { group, name, pid } = process;
    return {
      process,
      labels: { group, process: name },
      counts: counters.of(group, name),
      usage: pid ? processUsage(pid) : null,
      logBytes,
    };
  });
  return metrics
    .map(({ name, type, help, samples }) => metric(name, type, help, observations.flatMap(samples)))
    .join('');
}

/** Usage of the cgroup of a process, or of its descendants without a cgroup. */
export function usageMetrics(usages: Usages['usages']): string {
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

const metrics: readonly ProcessMetric[] = [
  {
    name: 'supervisor_process_state',
    type: 'gauge',
    help: 'Whether the process is in this state.',
    samples: ({ process, labels }) =>
      Object.keys(stateCodes).map((state) => [{ ...labels, state }, process.state === state ? 1 : 0]),
  },
  {
    name: 'supervisor_process_starts_total',
    type: 'counter',
    help: 'Attempts to start the process.',
    samples: ({ labels, counts }) => [[labels, counts.starts]],
  },
  {
    name: 'supervisor_process_failed_starts_total',
    type: 'counter',
    help: 'Attempts that failed: not spawned, or dead before startsecs.',
    samples: ({ labels, counts }) => [[labels, counts.failedStarts]],
  },
  {
    name: 'supervisor_process_exits_total',
    type: 'counter',
    help: 'Ends of the process by exit code, -1 for a signal.',
    samples: ({ labels, counts }) =>
      [...counts.exits].map(([code, count]) => [{ ...labels, code: String(code) }, count]),
  },
  {
    name: 'supervisor_process_start_time_seconds',
    type: 'gauge',
    help: 'When the process was last started, in seconds of Unix time.',
    samples: ({ process: { times }, labels }) => (times.started > 0 ? [[labels, times.started]] : []),
  },
  {
    name: 'supervisor_process_uptime_seconds',
    type: 'gauge',
    help: 'For how long the process has been running.',
    samples: ({ process: { state, times }, labels }) =>
      state === 'RUNNING' ? [[labels, Math.max(0, Math.floor(Date.now() / 1000) - times.started)]] : [],
  },
  {
    name: 'supervisor_process_time_to_ready_seconds',
    type: 'gauge',
    help: 'From the spawn of the last start until the process was ready or, for a one-shot, completed.',
    samples: timeToReady,
  },
  {
    name: 'supervisor_process_waiting',
    type: 'gauge',
    help: 'Whether the process waits for its dependencies.',
    samples: ({ process, labels }) =>
      process.config.extensions.dependsOn.length > 0 ? [[labels, process.isWaiting ? 1 : 0]] : [],
  },
  {
    name: 'supervisor_process_cpu_seconds_total',
    type: 'counter',
    help: 'CPU time of the process, without its children.',
    samples: ({ labels, usage }) => (usage ? [[labels, usage.cpuSeconds]] : []),
  },
  {
    name: 'supervisor_process_resident_memory_bytes',
    type: 'gauge',
    help: 'Resident memory of the process, without its children.',
    samples: ({ labels, usage }) => (usage ? [[labels, usage.residentBytes]] : []),
  },
  {
    name: 'supervisor_process_log_size_bytes',
    type: 'gauge',
    help: 'Size of the current log file.',
    samples: logSamples,
  },
];

/** Not of a process that is RUNNING after startsecs, however long it takes to be ready. */
function timeToReady({ process, labels }: Observation): readonly Sample[] {
  const { ready, oneshot } = process.config.extensions;
  const doneAt = ready === null && !oneshot ? null : doneAtOf(process);
  const spawnedAt = process.life.start?.spawnedAt ?? null;
  return doneAt === null || spawnedAt === null ? [] : [[labels, (doneAt - spawnedAt) / 1000]];
}

function logSamples({ process: { logPaths }, labels, logBytes }: Observation): readonly Sample[] {
  return channels.flatMap((channel): readonly Sample[] => {
    const bytes = logBytes.get(logPaths[channel] ?? '');
    return bytes === undefined ? [] : [[{ ...labels, channel }, bytes]];
  });
}
