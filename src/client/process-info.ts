// Process information from a server as typed values, validated because the server may send anything.
import type { RpcValue } from '../xmlrpc/value.ts';
import {
  decodeArray,
  decodeStruct,
  decodeText,
  flagMember,
  numberMember,
  textMember,
} from './decode-answer.ts';

export interface ProcessInfo {
  readonly name: string;
  readonly group: string;
  /** The code of the protocol: 0 STOPPED, 10 STARTING, 20 RUNNING and so on. */
  readonly state: number;
  readonly statename: string;
  readonly description: string;
  /** 0 without a child. */
  readonly pid: number;
  /** Unix times in seconds, 0 for never. */
  readonly start: number;
  readonly stop: number;
  readonly now: number;
  readonly exitstatus: number;
  readonly spawnerr: string;
  readonly stdoutLogfile: string;
  readonly stderrLogfile: string;
  /** The dependencies that are not met; empty unless it waits for them. */
  readonly waiting: readonly WaitingNeed[];
  /** It is a one-shot that has done its work. */
  readonly completed: boolean;
  /** What it last said about itself; empty for nothing. Null without ready=notify. */
  readonly statusText: string | null;
  readonly reloading: boolean;
}

export interface WaitingNeed {
  /** As in `depends_on`, or one of the processes that it names. */
  readonly name: string;
  readonly condition: string;
  /** The state of a process that will not meet it without a request, `missing` for none; null while it may. */
  readonly stuck: string | null;
  /** Why the last health check of that process failed; null for none. */
  readonly failure: string | null;
}

/** Resource usage of a process and its descendants. */
export interface ProcessUsage {
  readonly name: string;
  readonly group: string;
  readonly cpuSeconds: number;
  readonly memoryKilobytes: number;
}

/** The outcome for one process of an operation on many. */
export interface ProcessResult {
  readonly name: string;
  readonly group: string;
  /** 80 on success, else the code of a fault. */
  readonly status: number;
  readonly description: string;
}

export interface ProcessConfigInfo {
  readonly name: string;
  readonly group: string;
  readonly inuse: boolean;
  readonly autostart: boolean;
  readonly groupPriority: number;
  readonly processPriority: number;
  /** A path, or a word for another target. */
  readonly stdoutLogfile: string;
  readonly stderrLogfile: string;
}

/** Names of the groups that a reread found added, changed and removed. */
export interface ConfigChanges {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** `name` when the group has the same name, else `group:name`. */
export function processName(process: { readonly group: string; readonly name: string }): string {
  return process.group === process.name ? process.name : `${process.group}:${process.name}`;
}

export function decodeProcessInfo(value: RpcValue): ProcessInfo {
  const info = decodeStruct(value);
  return {
    name: textMember(info, 'name'),
    group: textMember(info, 'group'),
    state: numberMember(info, 'state'),
    statename: textMember(info, 'statename'),
    description: textMember(info, 'description'),
    pid: numberMember(info, 'pid'),
    start: numberMember(info, 'start'),
    stop: numberMember(info, 'stop'),
    now: numberMember(info, 'now'),
    exitstatus: numberMember(info, 'exitstatus'),
    spawnerr: textMember(info, 'spawnerr'),
    stdoutLogfile: textMember(info, 'stdout_logfile'),
    stderrLogfile: textMember(info, 'stderr_logfile'),
    waiting: 'waiting' in info ? decodeArray(info['waiting'] ?? null, decodeNeed) : [],
    completed: 'completed' in info && info['completed'] === true,
    statusText: 'status_text' in info ? textMember(info, 'status_text') : null,
    reloading: 'reloading' in info && info['reloading'] === true,
  };
}

function decodeNeed(value: RpcValue): WaitingNeed {
  const need = decodeStruct(value);
  return {
    name: textMember(need, 'name'),
    condition: textMember(need, 'condition'),
    stuck: 'stuck' in need ? textMember(need, 'stuck') : null,
    failure: 'failure' in need ? textMember(need, 'failure') : null,
  };
}

export function decodeProcessUsage(value: RpcValue): ProcessUsage {
  const usage = decodeStruct(value);
  return {
    name: textMember(usage, 'name'),
    group: textMember(usage, 'group'),
    cpuSeconds: numberMember(usage, 'cpu_seconds'),
    memoryKilobytes: numberMember(usage, 'memory_kb'),
  };
}

export function decodeProcessResult(value: RpcValue): ProcessResult {
  const result = decodeStruct(value);
  return {
    name: textMember(result, 'name'),
    group: textMember(result, 'group'),
    status: numberMember(result, 'status'),
    description: textMember(result, 'description'),
  };
}

export function decodeConfigInfo(value: RpcValue): ProcessConfigInfo {
  const info = decodeStruct(value);
  return {
    name: textMember(info, 'name'),
    group: textMember(info, 'group'),
    inuse: flagMember(info, 'inuse'),
    autostart: flagMember(info, 'autostart'),
    groupPriority: numberMember(info, 'group_prio'),
    processPriority: numberMember(info, 'process_prio'),
    // Missing before Supervisor 4.
    stdoutLogfile: 'stdout_logfile' in info ? textMember(info, 'stdout_logfile') : '',
    stderrLogfile: 'stderr_logfile' in info ? textMember(info, 'stderr_logfile') : '',
  };
}

export function decodeConfigChanges(value: RpcValue): ConfigChanges {
  const [changes] = decodeArray(value, (item) => item);
  const [added = [], changed = [], removed = []] = decodeArray(changes ?? null, (names) =>
    decodeArray(names, decodeText),
  );
  return { added, changed, removed };
}
