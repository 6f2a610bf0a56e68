// Where a child is until it is its program: memory for what it does, and low descriptors that it takes with it. There
// are a few such places, so that one child can begin while others are on their way.
import { CallList, type SystemCall } from './call-list.ts';
import { type CloneExec, type Sharing, startProcess } from './clone-exec.ts';
import { ReservedFds } from './reserved-fds.ts';
import { maxPendingSpawns, SpawnArena } from './spawn-arena.ts';

export class SpawnSlot {
  readonly memory: SpawnArena;
  /** What a child here shares with us at most. */
  readonly sharing: Sharing;
  readonly #list: CallList;
  #occupant: CloneExec | null = null;
  #isLate = false;

  private constructor(
    part: number,
    /** Null where there are none to be had. */
    readonly descriptors: ReservedFds | null,
  ) {
    this.memory = new SpawnArena(part);
    this.#list = new CallList(this.memory.list);
    this.sharing =
      part === maxPendingSpawns ? 'nothing' : descriptors === null ? 'memory' : 'memory and descriptors';
  }

  /** A free one; when there is none, waits for the child that began first. Throws SyscallError. */
  static next(): SpawnSlot {
    const { shared } = SpawnSlot.#all();
    for (let tries = 0; tries < maxPendingSpawns; tries += 1) {
      const place = shared[turn++ % maxPendingSpawns];
      if (place?.vacate()) return place;
    }
    return SpawnSlot.apart();
  }

  /** Always free: a child there gets copies of everything. Throws SyscallError. */
  static apart(): SpawnSlot {
    const { apart } = SpawnSlot.#all();
    apart.vacate();
    return apart;
  }

  /** Of those whose child was kept on its way, all that it has left since. */
  static vacateAll(): void {
    for (const place of places?.shared ?? []) if (place.#occupant) place.vacate();
  }

  /** Whether a child that was not waited for any longer is still on its way, and shares our memory. */
  static get isAnyLate(): boolean {
    return places?.shared.some((place) => place.#isLate) ?? false;
  }

  static #all(): Places {
    if (places) return places;
    const descriptors = ReservedFds.reserve(maxPendingSpawns + 1);
    const place = (part: number) => new SpawnSlot(part, descriptors[part] ?? null);
    places = {
      shared: Array.from({ length: maxPendingSpawns }, (_, part) => place(part)),
      apart: place(maxPendingSpawns),
    };
    return places;
  }

  /** Begins a child here. Throws SyscallError. */
  start(calls: readonly SystemCall[], shared: Sharing): CloneExec {
    const process = startProcess(calls, this.#list, shared, this.descriptors?.report ?? null);
    if (shared === 'nothing') this.descriptors?.letGo();
    else this.#occupant = process;
    return process;
  }

  /** Waits until the child here needs nothing from us any more. False when something keeps it on its way. */
  vacate(): boolean {
    this.#occupant?.outcome();
    this.#isLate = this.#list.isLent;
    if (this.#isLate) return false;
    this.#occupant = null;
    this.descriptors?.letGo();
    this.memory.clear();
    return true;
  }

  isOf(process: CloneExec): boolean {
    return this.#occupant === process;
  }
}

interface Places {
  readonly shared: readonly SpawnSlot[];
  readonly apart: SpawnSlot;
}

/** Made at the first spawn, when low numbers are free. */
let places: Places | null = null;
let turn = 0;
