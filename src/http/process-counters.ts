// Counts starts and exits of each process from events, for /metrics only.
import type { SupervisorEvent } from '../events/types.ts';
import type { Supervisor } from '../supervisor/supervisor.ts';

export interface ProcessCounts {
  starts: number;
  /** Starts that did not reach RUNNING. */
  failedStarts: number;
  /** Exits after RUNNING or by a stop, by exit code; -1 for a signal. */
  readonly exits: Map<number, number>;
}

export class ProcessCounters {
  readonly #counts = new Map<string, Map<string, ProcessCounts>>();

  constructor(private readonly supervisor: Supervisor) {
    supervisor.daemon.bus.subscribe(['PROCESS_STATE', 'PROCESS_GROUP_REMOVED'], (event) => this.#take(event));
  }

  of(group: string, process: string): ProcessCounts {
    const ofGroup = this.#counts.get(group) ?? new Map<string, ProcessCounts>();
    this.#counts.set(group, ofGroup);
    const counts = ofGroup.get(process) ?? { starts: 0, failedStarts: 0, exits: new Map() };
    ofGroup.set(process, counts);
    return counts;
  }

  #take(event: SupervisorEvent): void {
    switch (event.type) {
      case 'PROCESS_STATE_STARTING':
        this.of(event.group, event.process).starts += 1;
        break;
      case 'PROCESS_STATE_BACKOFF':
        this.of(event.group, event.process).failedStarts += 1;
        break;
      case 'PROCESS_STATE_EXITED':
        this.#countExit(event);
        break;
      case 'PROCESS_STATE_STOPPED':
        // Without a pid no process existed.
        if (event.pid > 0) this.#countExit(event);
        break;
      case 'PROCESS_GROUP_REMOVED':
        this.#counts.delete(event.group);
        break;
    }
  }

  #countExit({ group, process }: { readonly group: string; readonly process: string }): void {
    const code = this.supervisor.groups.get(group)?.process(process)?.life.exitStatus;
    if (code === undefined) return;
    const { exits } = this.of(group, process);
    exits.set(code, (exits.get(code) ?? 0) + 1);
  }
}
