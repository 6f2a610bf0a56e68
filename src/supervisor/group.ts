// A group of processes that is active: what a [program:x], [group:x], listener pool or FastCGI section became.
import type { GroupConfig } from '../config/config.ts';
import type { Process } from './process.ts';
import { isStopped } from './process-state.ts';

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

  get unstopped(): readonly Process[] {
    return this.processes.filter((process) => !isStopped(process.life.state));
  }
}
