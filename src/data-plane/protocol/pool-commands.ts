// What the control plane tells the data plane of pools of event listeners, and what comes back.
import type { NumberedEvent } from '../../events/numbering.ts';
import type { PoolLog } from '../../events/pool.ts';
import type { ResultHandler } from '../../events/result-handler.ts';

export type PoolCommand =
  | OpenPoolCommand
  | { readonly do: 'closePool'; readonly pool: number }
  /** `log` takes what the handler of results prints. */
  | { readonly do: 'printTo'; readonly pool: number; readonly log: number }
  | { readonly do: 'event'; readonly pool: number; readonly event: NumberedEvent }
  | {
      readonly do: 'listenerIs';
      readonly pool: number;
      readonly listener: string;
      readonly now: ListenerCondition;
    };

/** `ended`: its process is gone and everything it wrote was read. */
export type ListenerCondition = 'running' | 'notRunning' | 'ended';

export interface OpenPoolCommand {
  readonly do: 'openPool';
  readonly pool: number;
  readonly name: string;
  readonly bufferSize: number;
  /** `identifier` of the daemon. */
  readonly identifier: string;
  /** In the order of dispatch. */
  readonly listeners: readonly string[];
  readonly resultHandler: ResultHandler;
  /** Whether anybody wants the lines of level debug. */
  readonly debug: boolean;
}

/** Where the stdout of a process that is a listener leads, and the way back to it. */
export interface ListenerEnd {
  readonly pool: number;
  readonly listener: string;
  /** A non-blocking write end of its stdin that is the pool's alone. */
  readonly stdinFd: number;
}

export type PoolEvent =
  | {
      readonly is: 'poolLog';
      readonly pool: number;
      readonly level: keyof PoolLog;
      readonly message: string;
    }
  /** Nothing more will be heard of it. */
  | { readonly is: 'poolClosed'; readonly pool: number }
  /** So many more characters of events have arrived in the pool. */
  | { readonly is: 'eventsTaken'; readonly pool: number; readonly characters: number };
