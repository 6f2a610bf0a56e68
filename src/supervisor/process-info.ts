// What every client sees of a process: XML-RPC, the JSON API, the page.

import { type ProcessState, type StateName, stateCodes } from './lifecycle/process-state.ts';
import { waitsFor } from './lifecycle/unmet-needs.ts';
import type { Process } from './process.ts';

/** Times are Unix times in whole seconds, 0 for never. Paths are empty without a log. */
export interface ProcessInfo {
  readonly name: string;
  readonly group: string;
  readonly start: number;
  readonly stop: number;
  readonly now: number;
  readonly state: number;
  readonly statename: StateName;
  readonly spawnerr: string;
  readonly exitstatus: number;
  readonly stdoutLogfile: string;
  readonly stderrLogfile: string;
  readonly pid: number;
  readonly description: string;
}

export function processInfo(process: Process, now = Math.floor(Date.now() / 1000)): ProcessInfo {
  const { started, stopped } = process.times;
  return {
    name: process.name,
    group: process.group,
    start: started,
    stop: stopped,
    now,
    state: stateCodes[process.state],
    statename: process.state,
    spawnerr: process.life.spawnError,
    exitstatus: process.life.exitStatus,
    stdoutLogfile: process.logPaths.stdout ?? '',
    stderrLogfile: process.logPaths.stderr ?? '',
    pid: process.pid,
    description: describe(process, now),
  };
}

function describe(process: Process, now: number): string {
  const { started, stopped } = process.times;
  switch (process.state) {
    case 'RUNNING':
      return `pid ${process.pid}, uptime ${formatUptime(Math.max(0, now - started))}`;
    case 'FATAL':
    case 'BACKOFF':
      return process.life.spawnError || `unknown error (try "tail ${process.qualifiedName}")`;
    case 'STOPPED':
    case 'EXITED':
      return started === 0 ? 'Not started' : formatStopTime(stopped);
    case 'STARTING':
      return describeStart(process.life.state);
    default:
      return '';
  }
}

/** Empty, as in the original, unless it waits for something or has to show that it is ready. */
function describeStart(state: ProcessState): string {
  if (state.name !== 'STARTING') return '';
  switch (state.phase) {
    case 'waiting':
      return waitsFor(state.needs);
    case 'spawning':
      return '';
    case 'up':
      return state.hindrance === '' ? '' : `not ready: ${state.hindrance}`;
    case 'failing':
      return state.reason;
  }
}

/** `0:01:02`, `1 day, 2:03:04`. */
function formatUptime(seconds: number): string {
  const days = Math.floor(seconds / 86400);
  const hours = Math.floor((seconds % 86400) / 3600);
  const clock = `${hours}:${pad(Math.floor((seconds % 3600) / 60))}:${pad(seconds % 60)}`;
  return days === 0 ? clock : `${days} day${days === 1 ? '' : 's'}, ${clock}`;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Nov 21 04:54 AM` in the machine's time zone. */
function formatStopTime(seconds: number): string {
  const date = new Date(seconds * 1000);
  const hours = date.getHours();
  const clock = `${pad(hours % 12 || 12)}:${pad(date.getMinutes())} ${hours < 12 ? 'AM' : 'PM'}`;
  return `${months[date.getMonth()]} ${pad(date.getDate())} ${clock}`;
}

function pad(number: number): string {
  return String(number).padStart(2, '0');
}
