// What people write for processes: `name`, `group:name`, `group:*`, `group:`, `all`. Pure.
import { parseProcessName } from '../config/process-name.ts';
import { type ProcessInfo, processName } from './process-info.ts';

export type NameSpec =
  | { readonly kind: 'process'; readonly text: string; readonly group: string; readonly name: string }
  | { readonly kind: 'group'; readonly text: string; readonly group: string };

/** Splits at the first colon; nothing or `*` behind it means the whole group. */
export function parseNameSpec(text: string): NameSpec {
  const { group, name } = parseProcessName(text);
  return text.includes(':') && (name === '' || name === '*')
    ? { kind: 'group', text, group }
    : { kind: 'process', text, group, name };
}

/** The processes that a spec means; empty when it means none. */
export function selectProcesses(spec: NameSpec, processes: readonly ProcessInfo[]): ProcessInfo[] {
  return processes.filter(
    (process) => process.group === spec.group && (spec.kind === 'group' || process.name === spec.name),
  );
}

/** Words for completion: names, and `group:*` where a group has members of other names. */
export function nameSpecsOf(processes: readonly ProcessInfo[]): string[] {
  const specs = new Set<string>();
  for (const process of processes) {
    specs.add(processName(process));
    if (process.group !== process.name) specs.add(`${process.group}:*`);
  }
  return [...specs];
}
