// Where a child is until it is its program: memory for what it does, and low descriptors that it takes with it. There
// are a few such places, so that one child can begin while others are on their way.
import { CallList, type SystemCall } from './call-list.ts';
import { ChildMemory, mostBegun } from './child-memory.ts';
import { LowDescriptors } from './low-descriptors.ts';
import { type NewProcess, type Sharing, startProcess } from './new-process.ts';

export class SpawnPlace {
  readonly memory: ChildMemory;
  readonly #list: CallList;
  #occupant: NewProcess | null = null;

  private constructor(
    part: number,
    /** Null where there are none to be had. */
    readonly descriptors: LowDescriptors | null,
  ) {
    this.memory = new ChildMemory(part);
    this.#list = new CallList(this.memory.list);
  }

  /** A free one; when there is none, waits for the child that began first. Throws SyscallError. */
  static next(): SpawnPlace {
    places ??= SpawnPlace.#all();
    const place = places[turn++ % places.length];
    if (!place) throw new RangeError('no place for a child');
    place.vacate();
    return place;
  }

  static #all(): readonly SpawnPlace[] {
    const descriptors = LowDescriptors.reserve(mostBegun);
    return Array.from({ length: mostBegun }, (_, part) => new SpawnPlace(part, descriptors[part] ?? null));
  }

  /** Begins a child here. Throws SyscallError. */
  start(calls: readonly SystemCall[], shared: Sharing): NewProcess {
    const process = startProcess(calls, this.#list, shared);
    if (shared !== 'nothing') this.#occupant = process;
    return process;
  }

  /** Waits until the child here needs nothing from us any more. */
  vacate(): void {
    this.#occupant?.outcome();
    this.#occupant = null;
    this.descriptors?.letGo();
    this.memory.clear();
  }

  isOf(process: NewProcess): boolean {
    return this.#occupant === process;
  }
}

/** Made at the first spawn, when low numbers are free. */
let places: readonly SpawnPlace[] | null = null;
let turn = 0;
