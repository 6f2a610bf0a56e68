// Where a child is until it is its program: memory for what it does, and low descriptors that it takes with it. There
// are a few such places, so that one child can begin while others are on their way.
import { CallList, type SystemCall } from './call-list.ts';
import { ChildMemory, mostBegun } from './child-memory.ts';
import { LowDescriptors } from './low-descriptors.ts';
import { type NewProcess, type Sharing, startProcess } from './new-process.ts';

export class SpawnPlace {
  readonly memory: ChildMemory;
  /** What a child here shares with us at most. */
  readonly sharing: Sharing;
  readonly #list: CallList;
  #occupant: NewProcess | null = null;

  private constructor(
    part: number,
    /** Null where there are none to be had. */
    readonly descriptors: LowDescriptors | null,
  ) {
    this.memory = new ChildMemory(part);
    this.#list = new CallList(this.memory.list);
    this.sharing =
      part === mostBegun ? 'nothing' : descriptors === null ? 'memory' : 'memory and descriptors';
  }

  /** A free one; when there is none, waits for the child that began first. Throws SyscallError. */
  static next(): SpawnPlace {
    const { shared } = SpawnPlace.#all();
    for (let tries = 0; tries < mostBegun; tries += 1) {
      const place = shared[turn++ % mostBegun];
      if (place?.vacate()) return place;
    }
    return SpawnPlace.apart();
  }

  /** Always free: a child there gets copies of everything. Throws SyscallError. */
  static apart(): SpawnPlace {
    const { apart } = SpawnPlace.#all();
    apart.vacate();
    return apart;
  }

  /** Of those whose child was kept on its way, all that it has left since. */
  static vacateAll(): void {
    for (const place of places?.shared ?? []) if (place.#occupant) place.vacate();
  }

  static #all(): Places {
    if (places) return places;
    const descriptors = LowDescriptors.reserve(mostBegun + 1);
    const place = (part: number) => new SpawnPlace(part, descriptors[part] ?? null);
    places = {
      shared: Array.from({ length: mostBegun }, (_, part) => place(part)),
      apart: place(mostBegun),
    };
    return places;
  }

  /** Begins a child here. Throws SyscallError. */
  start(calls: readonly SystemCall[], shared: Sharing): NewProcess {
    const process = startProcess(calls, this.#list, shared, this.descriptors?.report ?? null);
    if (shared === 'nothing') this.descriptors?.letGo();
    else this.#occupant = process;
    return process;
  }

  /** Waits until the child here needs nothing from us any more. False when something keeps it on its way. */
  vacate(): boolean {
    this.#occupant?.outcome();
    if (this.#list.isLent) return false;
    this.#occupant = null;
    this.descriptors?.letGo();
    this.memory.clear();
    return true;
  }

  isOf(process: NewProcess): boolean {
    return this.#occupant === process;
  }
}

interface Places {
  readonly shared: readonly SpawnPlace[];
  readonly apart: SpawnPlace;
}

/** Made at the first spawn, when low numbers are free. */
let places: Places | null = null;
let turn = 0;
