// Selects processes by names, groups, shell patterns and `all`. Pure.
import { parseNameSpec, selectProcesses } from './name-spec.ts';
import { type ProcessInfo, processName } from './process-info.ts';

export interface Selection {
  /** Without duplicates, in the order of the server. */
  readonly processes: readonly ProcessInfo[];
  /** Those that a pattern names, and not only `all`, a group or a shell pattern over the names. */
  readonly named: ReadonlySet<ProcessInfo>;
  /** Patterns without a match. */
  readonly unmatched: readonly string[];
}

/**
 * `name`, `group:name`, `group`, `group:*`, `all`, and shell patterns (`*`, `?`, `[...]`) over the names.
 * Without a pattern all processes match.
 */
export function selectByPatterns(patterns: readonly string[], all: readonly ProcessInfo[]): Selection {
  if (patterns.length === 0) return { processes: all, named: new Set(), unmatched: [] };
  const chosen = new Set<ProcessInfo>();
  const named = new Set<ProcessInfo>();
  const unmatched: string[] = [];
  for (const pattern of patterns) {
    const matching = matchingProcesses(pattern, all);
    if (matching.length === 0) unmatched.push(pattern);
    for (const process of matching) {
      chosen.add(process);
      if (isNameOf(process, pattern)) named.add(process);
    }
  }
  return { processes: all.filter((process) => chosen.has(process)), named, unmatched };
}

function matchingProcesses(pattern: string, all: readonly ProcessInfo[]): ProcessInfo[] {
  if (pattern === 'all') return [...all];
  const exact = selectProcesses(parseNameSpec(pattern), all);
  if (exact.length > 0) return exact;
  const members = all.filter(({ group }) => group === pattern);
  if (members.length > 0) return members;
  const glob = new Bun.Glob(pattern);
  return all.filter(
    (process) => glob.match(processName(process)) || glob.match(`${process.group}:${process.name}`),
  );
}

function isNameOf({ group, name }: ProcessInfo, pattern: string): boolean {
  const spec = parseNameSpec(pattern);
  return spec.kind === 'process' && spec.group === group && spec.name === name;
}
