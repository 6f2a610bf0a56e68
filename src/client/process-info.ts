// Process information from a server as typed values, validated because the server may send anything.
import { isArray, isStruct, type RpcStruct, type RpcValue } from '../xmlrpc/value.ts';

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

/** The response does not have the type of the interface. */
export class UnexpectedAnswerError extends Error {
  override readonly name = 'UnexpectedAnswerError';
}

/** `name` when the group has the same name, else `group:name`. */
export function processName(process: { readonly group: string; readonly name: string }): string {
  return process.group === process.name ? process.name : `${process.group}:${process.name}`;
}

export function decodeProcessInfo(value: RpcValue): ProcessInfo {
  const info = struct(value);
  return {
    name: text(info, 'name'),
    group: text(info, 'group'),
    state: number(info, 'state'),
    statename: text(info, 'statename'),
    description: text(info, 'description'),
    pid: number(info, 'pid'),
    start: number(info, 'start'),
    stop: number(info, 'stop'),
    now: number(info, 'now'),
    exitstatus: number(info, 'exitstatus'),
    spawnerr: text(info, 'spawnerr'),
    stdoutLogfile: text(info, 'stdout_logfile'),
    stderrLogfile: text(info, 'stderr_logfile'),
  };
}

export function decodeProcessUsage(value: RpcValue): ProcessUsage {
  const usage = struct(value);
  return {
    name: text(usage, 'name'),
    group: text(usage, 'group'),
    cpuSeconds: number(usage, 'cpu_seconds'),
    memoryKilobytes: number(usage, 'memory_kb'),
  };
}

export function decodeProcessResult(value: RpcValue): ProcessResult {
  const result = struct(value);
  return {
    name: text(result, 'name'),
    group: text(result, 'group'),
    status: number(result, 'status'),
    description: text(result, 'description'),
  };
}

export function decodeConfigInfo(value: RpcValue): ProcessConfigInfo {
  const info = struct(value);
  return {
    name: text(info, 'name'),
    group: text(info, 'group'),
    inuse: flag(info, 'inuse'),
    autostart: flag(info, 'autostart'),
    groupPriority: number(info, 'group_prio'),
    processPriority: number(info, 'process_prio'),
    // Missing before Supervisor 4.
    stdoutLogfile: 'stdout_logfile' in info ? text(info, 'stdout_logfile') : '',
    stderrLogfile: 'stderr_logfile' in info ? text(info, 'stderr_logfile') : '',
  };
}

export function decodeConfigChanges(value: RpcValue): ConfigChanges {
  const [changes] = decodeArray(value, (item) => item);
  const [added = [], changed = [], removed = []] = decodeArray(changes ?? null, (names) =>
    decodeArray(names, decodeText),
  );
  return { added, changed, removed };
}

export function decodeArray<Item>(value: RpcValue, decode: (item: RpcValue) => Item): Item[] {
  if (!isArray(value)) throw new UnexpectedAnswerError('the server did not answer with an array');
  return value.map(decode);
}

export function decodeText(value: RpcValue): string {
  if (typeof value !== 'string') throw new UnexpectedAnswerError('the server did not answer with a string');
  return value;
}

export function decodeNumber(value: RpcValue): number {
  if (typeof value !== 'number') throw new UnexpectedAnswerError('the server did not answer with a number');
  return value;
}

function struct(value: RpcValue): RpcStruct {
  if (!isStruct(value)) throw new UnexpectedAnswerError('the server did not answer with a struct');
  return value;
}

function text(struct: RpcStruct, member: string): string {
  const value = struct[member];
  return typeof value === 'string' ? value : missing(member);
}

function number(struct: RpcStruct, member: string): number {
  const value = struct[member];
  return typeof value === 'number' ? value : missing(member);
}

function flag(struct: RpcStruct, member: string): boolean {
  const value = struct[member];
  return typeof value === 'boolean' ? value : missing(member);
}

function missing(member: string): never {
  throw new UnexpectedAnswerError(`the server's answer has no usable ${member}`);
}
