// The names of processes on a command line: `name`, `group:name`, `group:*`, `group:`, `all`. Pure.
import { parseProcessName } from '../config/process-name.ts';
import { type ProcessInfo, processName } from './process-info.ts';

export type NameSpec =
  | { readonly kind: 'process'; readonly text: string; readonly group: string; readonly name: string }
  | { readonly kind: 'group'; readonly text: string; readonly group: string };

/** Splits at the first colon; nothing or `*` after it means the whole group. */
export function parseNameSpec(text: string): NameSpec {
  const { group, name } = parseProcessName(text);
  return text.includes(':') && (name === '' || name === '*')
    ? { kind: 'group', text, group }
    : { kind: 'process', text, group, name };
}

/** The processes that match a spec. */
export function selectProcesses(spec: NameSpec, processes: readonly ProcessInfo[]): ProcessInfo[] {
  return processes.filter(
    (process) => process.group === spec.group && (spec.kind === 'group' || process.name === spec.name),
  );
}

/** Completions: names, and `group:*` for groups whose processes have other names. */
export function nameSpecsOf(processes: readonly ProcessInfo[]): string[] {
  const specs = new Set<string>();
  for (const process of processes) {
    specs.add(processName(process));
    if (process.group !== process.name) specs.add(`${process.group}:*`);
  }
  return [...specs];
}
