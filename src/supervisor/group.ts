// An active group of processes: a [program:x], [group:x], [eventlistener:x] or [fcgi-program:x] section at run time.
import type { GroupConfig } from '../config/config.ts';
import { isStopped } from './lifecycle/process-state.ts';
import type { Process, ProcessSnapshot } from './process.ts';

/** Serialisable. */
export interface GroupSnapshot {
  readonly name: string;
  readonly processes: readonly { readonly name: string; readonly process: ProcessSnapshot }[];
}

export class Group {
  /** In the order of the configuration, which is the autostart order. */
  readonly processes: readonly Process[];
  readonly #byName: ReadonlyMap<string, Process>;

  constructor(
    readonly config: GroupConfig,
    processes: readonly Process[],
    /** Releases what this kind of group holds besides its processes. */
    readonly dispose: () => void = () => {},
  ) {
    this.processes = processes;
    this.#byName = new Map(processes.map((process) => [process.name, process]));
  }

  get name(): string {
    return this.config.name;
  }

  process(name: string): Process | undefined {
    return this.#byName.get(name);
  }

  /** Ascending priority; equal ones in the order of the configuration. */
  get processesByPriority(): readonly Process[] {
    return this.processes.toSorted((a, b) => a.config.priority - b.config.priority);
  }

  snapshot(): GroupSnapshot {
    const processes = this.processes.map((process) => ({ name: process.name, process: process.snapshot() }));
    return { name: this.name, processes };
  }

  /** Continues from the snapshot of a group with the same configuration. */
  restore({ processes }: GroupSnapshot): void {
    for (const { name, process } of processes) this.process(name)?.restore(process);
  }

  get unstopped(): readonly Process[] {
    return this.processes.filter((process) => !isStopped(process.life.state));
  }
}
