// Resource limits of a process and their current use (proc(5)).
import { readdirSync } from 'node:fs';
import { textOrEmpty } from '../../linux/text-or-empty.ts';
import type { LimitsView } from '../machine-facts.ts';

export function gatherLimits(pid: number, mayRaise: boolean): LimitsView {
  const text = textOrEmpty(`/proc/${pid}/limits`);
  const [softDescriptors, hardDescriptors] = limitIn(text, 'Max open files');
  const [softProcesses, hardProcesses] = limitIn(text, 'Max processes');
  return {
    pid,
    soft: { descriptors: softDescriptors, processes: softProcesses },
    hard: { descriptors: hardDescriptors, processes: hardProcesses },
    openDescriptors: countDescriptors(pid),
    mayRaise,
  };
}

/** Soft and hard limit; unlimited if missing. */
export function limitIn(text: string, name: string): [number, number] {
  const [, soft = 'unlimited', hard = 'unlimited'] =
    new RegExp(`^${name}\\s+(\\S+)\\s+(\\S+)`, 'm').exec(text) ?? [];
  return [numberOf(soft), numberOf(hard)];
}

function numberOf(text: string): number {
  return text === 'unlimited' ? Number.POSITIVE_INFINITY : Number(text);
}

function countDescriptors(pid: number): number | null {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return null;
  }
}
