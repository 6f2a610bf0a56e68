// Events as values, and the tree of type names by which listeners subscribe.
// Knows nothing of pools, processes or pipes.

/** The previous state of a process, as in payloads. */
export type ProcessStateName =
  | 'STOPPED'
  | 'STARTING'
  | 'RUNNING'
  | 'BACKOFF'
  | 'STOPPING'
  | 'EXITED'
  | 'FATAL'
  | 'UNKNOWN';

/** Names of the process and of its group. */
interface OfProcess {
  readonly process: string;
  readonly group: string;
}

interface StateChange extends OfProcess {
  readonly fromState: ProcessStateName;
}

export type ProcessStateEvent =
  /** `tries`: failed attempts so far. */
  | (StateChange & { readonly type: 'PROCESS_STATE_STARTING'; readonly tries: number })
  | (StateChange & { readonly type: 'PROCESS_STATE_RUNNING'; readonly pid: number })
  | (StateChange & { readonly type: 'PROCESS_STATE_BACKOFF'; readonly tries: number })
  | (StateChange & { readonly type: 'PROCESS_STATE_STOPPING'; readonly pid: number })
  /** `pid` is 0 when the process was in BACKOFF. */
  | (StateChange & { readonly type: 'PROCESS_STATE_STOPPED'; readonly pid: number })
  | (StateChange & {
      readonly type: 'PROCESS_STATE_EXITED';
      readonly pid: number;
      readonly expected: boolean;
    })
  | (StateChange & { readonly type: 'PROCESS_STATE_FATAL' })
  | (StateChange & { readonly type: 'PROCESS_STATE_UNKNOWN' });

/** Bytes of a process's output, immutable after the event was emitted. */
export type ProcessOutputEvent = OfProcess & {
  readonly type:
    | 'PROCESS_LOG_STDOUT'
    | 'PROCESS_LOG_STDERR'
    | 'PROCESS_COMMUNICATION_STDOUT'
    | 'PROCESS_COMMUNICATION_STDERR';
  readonly pid: number;
  readonly data: Uint8Array;
};

export type SupervisorEvent =
  | ProcessStateEvent
  | ProcessOutputEvent
  | { readonly type: 'REMOTE_COMMUNICATION'; readonly kind: string; readonly data: string }
  | { readonly type: 'SUPERVISOR_STATE_CHANGE_RUNNING' | 'SUPERVISOR_STATE_CHANGE_STOPPING' }
  /** `when`: seconds of Unix time, a multiple of the period. */
  | { readonly type: 'TICK_5' | 'TICK_60' | 'TICK_3600'; readonly when: number }
  | { readonly type: 'PROCESS_GROUP_ADDED' | 'PROCESS_GROUP_REMOVED'; readonly group: string }
  /** What a process waits for, or says of itself, has changed. Not below EVENT, for listeners of the original. */
  | (OfProcess & { readonly type: 'TSUPERVISOR_PROCESS_CHANGE' });

/** A concrete type. */
export type ConcreteEventName = SupervisorEvent['type'];

/** The parent of every type. Parents are abstract: listeners can subscribe to them, but they are never emitted. */
const parents = {
  EVENT: null,
  PROCESS_STATE: 'EVENT',
  PROCESS_STATE_STOPPED: 'PROCESS_STATE',
  PROCESS_STATE_EXITED: 'PROCESS_STATE',
  PROCESS_STATE_STARTING: 'PROCESS_STATE',
  PROCESS_STATE_STOPPING: 'PROCESS_STATE',
  PROCESS_STATE_BACKOFF: 'PROCESS_STATE',
  PROCESS_STATE_FATAL: 'PROCESS_STATE',
  PROCESS_STATE_RUNNING: 'PROCESS_STATE',
  PROCESS_STATE_UNKNOWN: 'PROCESS_STATE',
  PROCESS_COMMUNICATION: 'EVENT',
  PROCESS_COMMUNICATION_STDOUT: 'PROCESS_COMMUNICATION',
  PROCESS_COMMUNICATION_STDERR: 'PROCESS_COMMUNICATION',
  PROCESS_LOG: 'EVENT',
  PROCESS_LOG_STDOUT: 'PROCESS_LOG',
  PROCESS_LOG_STDERR: 'PROCESS_LOG',
  REMOTE_COMMUNICATION: 'EVENT',
  SUPERVISOR_STATE_CHANGE: 'EVENT',
  SUPERVISOR_STATE_CHANGE_RUNNING: 'SUPERVISOR_STATE_CHANGE',
  SUPERVISOR_STATE_CHANGE_STOPPING: 'SUPERVISOR_STATE_CHANGE',
  TICK: 'EVENT',
  TICK_5: 'TICK',
  TICK_60: 'TICK',
  TICK_3600: 'TICK',
  PROCESS_GROUP: 'EVENT',
  PROCESS_GROUP_ADDED: 'PROCESS_GROUP',
  PROCESS_GROUP_REMOVED: 'PROCESS_GROUP',
  TSUPERVISOR_PROCESS_CHANGE: null,
} as const satisfies Record<string, string | null> & Record<ConcreteEventName, string | null>;

/** A name of the tree, abstract ones included. */
export type EventName = keyof typeof parents;

export function isEventName(text: string): text is EventName {
  return Object.hasOwn(parents, text);
}

/** The types sent to clients that follow changes of state, each with its descendants. */
export const stateChangeTypes = [
  'PROCESS_STATE',
  'PROCESS_GROUP',
  'SUPERVISOR_STATE_CHANGE',
] as const satisfies readonly EventName[];

/** The concrete types. */
export function concreteTypesBelow(type: EventName): EventName[] {
  const abstract = new Set<string | null>(Object.values(parents));
  return Object.keys(parents)
    .filter(isEventName)
    .filter((name) => !abstract.has(name) && lineage(name).includes(type));
}

/** The type and its ancestors, up to EVENT. */
export function lineage(type: EventName): readonly EventName[] {
  const line: EventName[] = [];
  for (let name: EventName | null = type; name !== null; name = parents[name]) line.push(name);
  return line;
}
