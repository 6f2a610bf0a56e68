// What a child uses until execve(2): an arena for its system calls and reserved low descriptors. Several slots, so that
// spawns can overlap.
import { CallList, type SystemCall } from './call-list.ts';
import { type CloneExec, type Sharing, startProcess } from './clone-exec.ts';
import { ReservedFds } from './reserved-fds.ts';
import { maxPendingSpawns, SpawnArena } from './spawn-arena.ts';

export class SpawnSlot {
  readonly memory: SpawnArena;
  /** The most that a child in this slot shares with the daemon. */
  readonly sharing: Sharing;
  readonly #list: CallList;
  #occupant: CloneExec | null = null;
  #isLate = false;

  private constructor(
    part: number,
    /** Null when they could not be reserved. */
    readonly descriptors: ReservedFds | null,
  ) {
    this.memory = new SpawnArena(part);
    this.#list = new CallList(this.memory.list);
    this.sharing =
      part === maxPendingSpawns ? 'nothing' : descriptors === null ? 'memory' : 'memory and descriptors';
  }

  /** A free slot; when all are taken, waits for the oldest pending spawn. Throws SyscallError. */
  static next(): SpawnSlot {
    const { shared } = SpawnSlot.#all();
    for (let tries = 0; tries < maxPendingSpawns; tries += 1) {
      const slot = shared[turn++ % maxPendingSpawns];
      if (slot?.vacate()) return slot;
    }
    return SpawnSlot.forked();
  }

  /** The slot for children that share nothing (fork); always free. Throws SyscallError. */
  static forked(): SpawnSlot {
    const { forked } = SpawnSlot.#all();
    forked.vacate();
    return forked;
  }

  /** Frees every slot whose late child has reached execve(2) or exited since. */
  static vacateAll(): void {
    for (const slot of slots?.shared ?? []) if (slot.#occupant) slot.vacate();
  }

  /** Whether a child that exceeded the wait still shares the daemon's memory. */
  static get isAnyLate(): boolean {
    return slots?.shared.some((slot) => slot.#isLate) ?? false;
  }

  static #all(): Slots {
    if (slots) return slots;
    const descriptors = ReservedFds.reserve(maxPendingSpawns + 1);
    const slot = (part: number) => new SpawnSlot(part, descriptors[part] ?? null);
    slots = {
      shared: Array.from({ length: maxPendingSpawns }, (_, part) => slot(part)),
      forked: slot(maxPendingSpawns),
    };
    return slots;
  }

  /** Clones a child in this slot. Throws SyscallError. */
  start(calls: readonly SystemCall[], shared: Sharing): CloneExec {
    const process = startProcess(calls, this.#list, shared, this.descriptors?.report ?? null);
    if (shared === 'nothing') this.descriptors?.release();
    else this.#occupant = process;
    return process;
  }

  /** Waits until its child no longer uses the slot. False when the child is late. */
  vacate(): boolean {
    this.#occupant?.outcome();
    this.#isLate = this.#list.isShared;
    if (this.#isLate) return false;
    this.#occupant = null;
    this.descriptors?.release();
    this.memory.clear();
    return true;
  }

  isOf(process: CloneExec): boolean {
    return this.#occupant === process;
  }
}

interface Slots {
  readonly shared: readonly SpawnSlot[];
  readonly forked: SpawnSlot;
}

/** Created at the first spawn, when low descriptors are still free. */
let slots: Slots | null = null;
let turn = 0;
