// A group of processes that is active: what a [program:x], [group:x], listener pool or FastCGI section became.
import type { GroupConfig } from '../config/config.ts';
import type { Child } from './child.ts';
import type { Process, ProcessSnapshot } from './process.ts';
import { isStopped, pidOf } from './process-state.ts';

/** Serialisable. */
export interface GroupSnapshot {
  readonly name: string;
  readonly processes: readonly { readonly name: string; readonly process: ProcessSnapshot }[];
}

export class Group {
  /** In the order of the configuration, which is the order of starting at boot. */
  readonly processes: readonly Process[];
  readonly #byName: ReadonlyMap<string, Process>;

  constructor(
    readonly config: GroupConfig,
    processes: readonly Process[],
    /** Gives back what the kind of group holds beside its processes. */
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

  /** `childOf`: the child that a process of it had, if it still runs. */
  restore({ processes }: GroupSnapshot, childOf: (pid: number) => Child | null): void {
    for (const { name, process } of processes) {
      const pid = pidOf(process.life.state);
      this.process(name)?.restore(process, pid === null ? null : childOf(pid));
    }
  }

  get unstopped(): readonly Process[] {
    return this.processes.filter((process) => !isStopped(process.life.state));
  }
}
