// The daemon's processes, with their last output and the processes they left behind.
import type { ProcessInfo } from '../../client/process-info.ts';
import { processName } from '../../client/process-info.ts';
import type { SupervisorClient } from '../../client/supervisor-client.ts';
import type { Config, ProcessConfig } from '../../config/config.ts';
import { serverUrlForChildren } from '../../config/server-url.ts';
import { foregroundCommand } from '../../config/suspicions/self-daemonising.ts';
import { systemHost } from '../../config/system-host.ts';
import { readiness } from '../../config/values/readiness.ts';
import type { ProgramView } from '../machine-facts.ts';
import { soon } from './answer.ts';
import { printable } from './printable.ts';
import { commandLine, environmentOf, isBefore, type ProcessEntry } from './process-table.ts';

/** Enough for a stack trace, and for the last log lines of each of many programs. */
const outputTailBytes = 4096;
const mainLogTailBytes = 256 * 1024;
const linesShown = 5;
const freshSeconds = 60;
const lateSeconds = 30;
/** This many exits within the interval are not a coincidence. */
const manyEnds = 3;

export interface ProgramsRequest {
  readonly processes: readonly ProcessInfo[];
  readonly config: Config | null;
  readonly client: SupervisorClient;
  readonly table: readonly ProcessEntry[];
  readonly daemonPids: readonly number[];
  readonly daemonPid: number | null;
}

export async function gatherPrograms(request: ProgramsRequest): Promise<ProgramView[]> {
  const isInteresting = (info: ProcessInfo) => isDown(info) || isFresh(info);
  const log = request.processes.some(isInteresting) ? await mainLog(request.client) : '';
  const waits = request.processes.some(isWaiting) ? await waitsOf(request.client) : new Map();
  const views: ProgramView[] = [];
  // Sequential, since they share one connection.
  for (const info of request.processes) {
    const waitedSeconds = isWaiting(info) ? (waits.get(processName(info)) ?? null) : null;
    views.push({ ...(await gatherProgram(info, log, request)), waitedSeconds });
  }
  return views;
}

/** The activity log's text for the last exit of a process; null if there is none. */
export function lastExitIn(log: string, name: string): string | null {
  const pattern = new RegExp(`(?:exited|stopped): ${RegExp.escape(name)} \\(([^;)]*)`, 'g');
  return [...log.matchAll(pattern)].at(-1)?.[1] ?? null;
}

/**
 * Number of unexpected exits in the activity log within the minute before the last one. Times come from the daemon's
 * log and are only compared with each other.
 */
export function recentEndsIn(log: string, name: string): number {
  const pattern = new RegExp(
    `^(\\d{4}-\\d\\d-\\d\\d) (\\d\\d:\\d\\d:\\d\\d),\\d+ \\w+ exited: ${RegExp.escape(name)} \\(.*; not expected\\)$`,
    'gm',
  );
  const times = [...log.matchAll(pattern)].map(([, day, time]) => Date.parse(`${day}T${time}Z`));
  const last = times.at(-1) ?? 0;
  return times.filter((time) => last - time < freshSeconds * 1000).length;
}

/** Started a short time ago; a process that keeps restarting is EXITED at moments. */
function isFresh({ statename, now, start }: ProcessInfo): boolean {
  return ['RUNNING', 'STARTING', 'EXITED'].includes(statename) && now - start < freshSeconds;
}

function isDown({ statename }: ProcessInfo): boolean {
  return statename === 'FATAL' || statename === 'BACKOFF' || statename === 'EXITED';
}

function isWaiting({ waiting }: ProcessInfo): boolean {
  return waiting.length > 0;
}

/** By name; seconds since each process that waits was asked to start. */
async function waitsOf(client: SupervisorClient): Promise<ReadonlyMap<string, number>> {
  try {
    const { now, processes } = await soon(client.boot());
    return new Map(processes.map((process) => [processName(process), now - process.requested]));
  } catch {
    return new Map();
  }
}

async function gatherProgram(
  info: ProcessInfo,
  log: string,
  request: ProgramsRequest,
): Promise<Omit<ProgramView, 'waitedSeconds'>> {
  const config = configOf(info, request.config);
  const recentEnds = isFresh(info) ? recentEndsIn(log, info.name) : 0;
  const keepsRestarting = recentEnds >= manyEnds;
  const ready = config?.extensions.ready ?? null;
  const isLate = ready !== null && isSlow(info);
  const isIll = isDown(info) || keepsRestarting || isLate;
  return {
    info,
    command: config?.command ?? null,
    foreground: config && isIll ? foregroundCommand(config.command, systemHost()) : null,
    user: config?.user?.name ?? null,
    directory: config?.directory ?? null,
    startsecs: config?.startsecs ?? 1,
    ready: ready && readiness.format(ready),
    oneshot: config?.extensions.oneshot ?? false,
    isLate,
    lastOutput:
      keepsRestarting || (isIll && info.statename !== 'EXITED') ? await lastOutput(info, request.client) : [],
    lastExit: isIll ? lastExitIn(log, info.name) : null,
    recentEnds: keepsRestarting ? recentEnds : 0,
    survivors: isIll ? survivorsOf(info, serverUrlOf(config, request.config), request) : [],
  };
}

function isSlow({ statename, pid, now, start }: ProcessInfo): boolean {
  return statename === 'STARTING' && pid > 0 && now - start >= lateSeconds;
}

function configOf(info: ProcessInfo, config: Config | null): ProcessConfig | null {
  const group = config?.groups.find(({ name }) => name === info.group);
  return group?.processes.find(({ name }) => name === info.name) ?? null;
}

/** The last lines of stderr; of stdout if stderr is empty or redirected there. */
async function lastOutput(info: ProcessInfo, client: SupervisorClient): Promise<string[]> {
  for (const channel of ['stderr', 'stdout'] as const) {
    const lines = linesOf(
      await orEmpty(client.readProcessLog(processName(info), channel, -outputTailBytes, 0)),
    );
    if (lines.length > 0) return withoutRepetition(lines).slice(-linesShown);
  }
  return [];
}

function mainLog(client: SupervisorClient): Promise<string> {
  return orEmpty(client.readMainLog(-mainLogTailBytes, 0));
}

/** A missing or unreadable log counts as empty. */
async function orEmpty(answer: Promise<string>): Promise<string> {
  try {
    return await soon(answer);
  } catch {
    return '';
  }
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => printable(line).trimEnd())
    .filter((line) => line !== '');
}

/** Collapses consecutive equal lines and shows their number. */
export function withoutRepetition(lines: readonly string[]): string[] {
  const runs: { line: string; count: number }[] = [];
  for (const line of lines) {
    const run = runs.at(-1);
    if (run?.line === line) run.count += 1;
    else runs.push({ line, count: 1 });
  }
  return runs.map(({ line, count }) => (count === 1 ? line : `${line}   (×${count})`));
}

/** SUPERVISOR_SERVER_URL of a process; null if it is not set or unknown. */
function serverUrlOf(process: ProcessConfig | null, config: Config | null): string | null {
  if (process === null || config === null) return null;
  const { serverurl } = process;
  if (serverurl.kind === 'auto') return serverUrlForChildren(config.servers);
  return serverurl.kind === 'url' ? serverurl.url : null;
}

/**
 * A process passes the variables that identify it to all its descendants. Those of another supervisord, which may
 * have a program of the same name and may be gone by now, have a different server URL.
 */
function survivorsOf(
  { name, group, pid: currentPid }: ProcessInfo,
  serverUrl: string | null,
  { table, daemonPids, daemonPid }: ProgramsRequest,
): ProgramView['survivors'] {
  const parents = new Map(table.map(({ pid, parent }) => [pid, parent]));
  const isOthers = (pid: number): boolean => {
    const owner = nearest(pid, parents, daemonPids);
    return owner !== null && owner !== daemonPid;
  };
  const daemon = table.find(({ pid }) => pid === daemonPid);
  return table
    .filter((entry) => {
      // Orphans of an earlier daemon are reported separately.
      if (daemon && isBefore(entry, daemon)) return false;
      const { pid } = entry;
      const environment = environmentOf(pid);
      const isNamed =
        environment.has(`SUPERVISOR_PROCESS_NAME=${name}`) &&
        environment.has(`SUPERVISOR_GROUP_NAME=${group}`);
      const isOurs = serverUrl === null || environment.has(`SUPERVISOR_SERVER_URL=${serverUrl}`);
      const isOfThisRun = pid === currentPid || nearest(pid, parents, [currentPid]) !== null;
      return isNamed && isOurs && pid !== process.pid && !isOfThisRun && !isOthers(pid);
    })
    .map((entry) => ({ pid: entry.pid, commandLine: commandLine(entry) }));
}

/** The nearest ancestor contained in `wanted`. */
function nearest(
  pid: number,
  parents: ReadonlyMap<number, number>,
  wanted: readonly number[],
): number | null {
  for (let current = parents.get(pid); current !== undefined && current > 0; current = parents.get(current)) {
    if (wanted.includes(current)) return current;
  }
  return null;
}
