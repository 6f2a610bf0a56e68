// Events of processes in the last hour and the number of starts. Recorded whether or not a page is open, within
// bounds.
import type { SupervisorEvent } from '../../events/types.ts';
import type { StateName } from '../../supervisor/lifecycle/process-state.ts';
import type { Process } from '../../supervisor/process.ts';
import type { Supervisor } from '../../supervisor/supervisor.ts';
import type { TimelineEvent } from './api-types.ts';
import { exitView } from './process-view.ts';
import { RingBuffer } from './ring-buffer.ts';

const keptMs = 3_600_000;
/** For all processes together; beyond it the oldest events are dropped. */
const maxEvents = 20_000;

interface Remembered {
  readonly process: Process;
  readonly event: TimelineEvent;
}

export class History {
  readonly #events = new RingBuffer<Remembered>(maxEvents);
  readonly #starts = new WeakMap<Process, number>();

  constructor(private readonly supervisor: Supervisor) {
    supervisor.daemon.bus.subscribe(['PROCESS_STATE'], (event) => this.#take(event));
  }

  /** Oldest first. */
  of(process: Process): readonly TimelineEvent[] {
    this.#forgetOld();
    return [...this.#events].flatMap((remembered) =>
      remembered.process === process ? [remembered.event] : [],
    );
  }

  /** Starts after the first. */
  restarts(process: Process): number {
    return Math.max(0, (this.#starts.get(process) ?? 0) - 1);
  }

  #take(event: SupervisorEvent): void {
    if (!('fromState' in event)) return;
    const process = this.supervisor.groups.get(event.group)?.process(event.process);
    if (!process) return;
    const state = stateOf[event.type];
    if (state === 'STARTING') this.#starts.set(process, (this.#starts.get(process) ?? 0) + 1);
    const problem = state === 'BACKOFF' || state === 'FATAL' ? process.life.spawnError : '';
    const exit = hasEnded(event) ? exitView(process.lastExit) : null;
    this.#events.push({ process, event: { at: Date.now(), from: event.fromState, state, exit, problem } });
    this.#forgetOld();
  }

  #forgetOld(): void {
    const oldest = Date.now() - keptMs;
    while ((this.#events.oldest?.event.at ?? oldest) < oldest) this.#events.forgetOldest();
  }
}

const stateOf = {
  PROCESS_STATE_STOPPED: 'STOPPED',
  PROCESS_STATE_STARTING: 'STARTING',
  PROCESS_STATE_RUNNING: 'RUNNING',
  PROCESS_STATE_BACKOFF: 'BACKOFF',
  PROCESS_STATE_STOPPING: 'STOPPING',
  PROCESS_STATE_EXITED: 'EXITED',
  PROCESS_STATE_FATAL: 'FATAL',
  PROCESS_STATE_UNKNOWN: 'UNKNOWN',
} as const satisfies Record<string, StateName>;

/** A stop without a pid ended no process. */
function hasEnded(event: SupervisorEvent): boolean {
  return event.type === 'PROCESS_STATE_EXITED' || (event.type === 'PROCESS_STATE_STOPPED' && event.pid > 0);
}
