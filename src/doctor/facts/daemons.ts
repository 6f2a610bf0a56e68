// Finds the running supervisords, ours or the original, and their configurations.
import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { findConfig, programPath } from '../../config/locate-config.ts';
import { currentUid } from '../../linux/credentials.ts';
import type { DaemonView } from '../machine-facts.ts';
import { type DaemonCommand, daemonCommand, isReplaced } from './daemon-command.ts';
import { printable } from './printable.ts';
import { commandLine, type ProcessEntry, sharesOurNamespace, workingDirectoryOf } from './process-table.ts';

export interface ProcessTables {
  /** Taken a moment before `table`: a process missing in either one is not a daemon. */
  readonly earlier: readonly ProcessEntry[];
  readonly table: readonly ProcessEntry[];
}

/** Only daemons of root, the current user and `configuredUid`: any other user could start a fake daemon as a trap. */
export function runningDaemons(
  { earlier, table }: ProcessTables,
  configuredUid: number | null,
): DaemonView[] {
  const users = new Set([0, currentUid(), configuredUid]);
  const startTimes = new Map(earlier.map(({ pid, startedAt }) => [pid, startedAt]));
  const found = table.flatMap((entry) => {
    if (!users.has(entry.uid) || startTimes.get(entry.pid) !== entry.startedAt) return [];
    const command = daemonCommand(entry);
    return command === null || !sharesOurNamespace(entry.pid) ? [] : [{ entry, command }];
  });
  return found.filter((candidate) => !isPassing(candidate, found)).map(view);
}

interface Candidate {
  readonly entry: ProcessEntry;
  readonly command: DaemonCommand;
}

/** A daemon that is still starting, or a child between fork and exec. */
function isPassing({ entry, command }: Candidate, all: readonly Candidate[]): boolean {
  const isSame = (other: ProcessEntry) => commandLine(other) === commandLine(entry);
  const parent = all.find((other) => other.entry.pid === entry.parent && isSame(other.entry));
  if (parent !== undefined && isFork(entry, command)) return true;
  return all.some(
    (other) => other.entry.parent === entry.pid && isSame(other.entry) && !isFork(other.entry, other.command),
  );
}

/**
 * Of two processes with the same command line, the parent is the daemon if the other is its fork; otherwise the
 * parent is the foreground process waiting for the daemon it executed. The original's foreground process does not
 * wait, and ours has threads.
 */
function isFork({ threads }: ProcessEntry, { interpreter }: DaemonCommand): boolean {
  return interpreter === 'python' || threads === 1;
}

function view({ entry, command }: Candidate): DaemonView {
  return {
    pid: entry.pid,
    uid: entry.uid,
    commandLine: commandLine(entry),
    configPath: configPathOf(entry, command.configuration),
    isTrusted: entry.uid === 0 || entry.uid === currentUid(),
    isReplaced: isReplaced(entry),
  };
}

function configPathOf({ pid, argv }: ProcessEntry, given: string | null): string | null {
  const cwd = workingDirectoryOf(pid);
  if (given !== null) return given.startsWith('/') || cwd !== null ? real(resolve(cwd ?? '/', given)) : null;
  if (cwd === null) return null;
  const [program = '', script = ''] = argv;
  const called = script.startsWith('/')
    ? script
    : programPath(program, process.env.PATH, program, existsSync);
  const found = findConfig(called, (path) => existsSync(resolve(cwd, path)));
  return found === null ? null : real(resolve(cwd, found));
}

/** Null for a path that cannot be printed as it is. */
function real(given: string): string | null {
  const path = pathBehindLinks(given);
  return path === printable(path) ? path : null;
}

function pathBehindLinks(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
