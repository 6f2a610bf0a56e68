// How the start of all programs went, as typed values from a server.
import type { RpcValue } from '../xmlrpc/value.ts';
import {
  decodeArray,
  decodeStruct,
  flagMember,
  numberMember,
  optionalNumberMember,
  textMember,
} from './decode-answer.ts';

/** Times are seconds since the daemon began to start programs. */
export interface BootReport {
  readonly now: number;
  /** Nothing is starting any more. */
  readonly isOver: boolean;
  /** When the last process was ready; null if none was. */
  readonly ready: number | null;
  /** Only those that were ever started. */
  readonly processes: readonly BootProcess[];
  /** From the process that was ready last back to one that did not wait. */
  readonly chain: readonly ChainLink[];
}

export interface BootProcess {
  readonly name: string;
  readonly group: string;
  readonly statename: string;
  readonly description: string;
  /** False: started later. */
  readonly isAtBoot: boolean;
  readonly requested: number;
  /** Null while it waits for its dependencies. */
  readonly spawned: number | null;
  /** Null until it is ready. */
  readonly ready: number | null;
  /** What it waited for last. */
  readonly waitedFor: readonly { readonly name: string; readonly condition: string }[];
}

export interface ChainLink {
  readonly name: string;
  readonly group: string;
  /** What the next link had to meet; empty for the last link. */
  readonly condition: string;
}

export function decodeBootReport(value: RpcValue): BootReport {
  const report = decodeStruct(value);
  return {
    now: numberMember(report, 'now'),
    isOver: flagMember(report, 'over'),
    ready: optionalNumberMember(report, 'ready'),
    processes: decodeArray(report['processes'] ?? null, decodeProcess),
    chain: decodeArray(report['chain'] ?? null, decodeLink),
  };
}

function decodeProcess(value: RpcValue): BootProcess {
  const process = decodeStruct(value);
  return {
    name: textMember(process, 'name'),
    group: textMember(process, 'group'),
    statename: textMember(process, 'statename'),
    description: textMember(process, 'description'),
    isAtBoot: flagMember(process, 'at_boot'),
    requested: numberMember(process, 'requested'),
    spawned: optionalNumberMember(process, 'spawned'),
    ready: optionalNumberMember(process, 'ready'),
    waitedFor: decodeArray(process['waited_for'] ?? null, (item) => {
      const need = decodeStruct(item);
      return { name: textMember(need, 'name'), condition: textMember(need, 'condition') };
    }),
  };
}

function decodeLink(value: RpcValue): ChainLink {
  const link = decodeStruct(value);
  return {
    name: textMember(link, 'name'),
    group: textMember(link, 'group'),
    condition: textMember(link, 'condition'),
  };
}
