// Commands for the listener pools of a worker, and events back.
import type { NumberedEvent } from '../../events/numbering.ts';
import type { PoolLog } from '../../events/pool.ts';
import type { ResultHandler } from '../../events/result-handler.ts';

export type PoolCommand =
  | OpenPoolCommand
  | { readonly do: 'closePool'; readonly pool: number }
  /** `log` receives the output of the result handler. */
  | { readonly do: 'printTo'; readonly pool: number; readonly log: number }
  | { readonly do: 'event'; readonly pool: number; readonly event: NumberedEvent }
  | {
      readonly do: 'listenerIs';
      readonly pool: number;
      readonly listener: string;
      readonly now: ListenerCondition;
    };

/** `ended`: its process has exited and its output was read. */
export type ListenerCondition = 'running' | 'notRunning' | 'ended';

export interface OpenPoolCommand {
  readonly do: 'openPool';
  readonly pool: number;
  readonly name: string;
  readonly bufferSize: number;
  /** The daemon's `identifier`. */
  readonly identifier: string;
  /** In the order of dispatch. */
  readonly listeners: readonly string[];
  readonly resultHandler: ResultHandler;
  /** Whether the log takes lines of level debug. */
  readonly debug: boolean;
}

/** Connects a listener process with its pool: its stdout to the pool, the pool to its stdin. */
export interface ListenerEnd {
  readonly pool: number;
  readonly listener: string;
  /** A non-blocking write end of its stdin, owned by the pool. */
  readonly stdinFd: number;
}

export type PoolEvent =
  | {
      readonly is: 'poolLog';
      readonly pool: number;
      readonly level: keyof PoolLog;
      readonly message: string;
    }
  /** The last event of the pool. */
  | { readonly is: 'poolClosed'; readonly pool: number }
  /** Back-pressure: this many characters of events have arrived in the pool. */
  | { readonly is: 'eventsTaken'; readonly pool: number; readonly characters: number };
