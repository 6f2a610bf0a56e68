// What a child uses until execve(2): an arena for its system calls and reserved low descriptors. Several slots, so that
// spawns can overlap.
import { CallList, type SystemCall } from './call-list.ts';
import { type CloneExec, type ReportDescriptor, type Sharing, startProcess } from './clone-exec.ts';
import type { OwnOomScore } from './own-oom-score.ts';
import { ReservedFds } from './reserved-fds.ts';
import { maxPendingSpawns, SpawnArena } from './spawn-arena.ts';

export class SpawnSlot {
  readonly memory: SpawnArena;
  /** The most that a child in this slot shares with the daemon. */
  readonly sharing: Sharing;
  readonly #list: CallList;
  #occupant: CloneExec | null = null;
  /** As long as a child in this slot shares the daemon's memory, and with it the score. */
  #oomScore: OwnOomScore | null = null;

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

  /** Clones a child in this slot. Throws SyscallError; vacate the slot then. */
  start(
    calls: readonly SystemCall[],
    shared: Sharing,
    report: ReportDescriptor,
    oomScore: OwnOomScore | null,
  ): CloneExec {
    this.#oomScore = oomScore;
    oomScore?.beforeSpawn();
    const process = startProcess(calls, this.#list, shared, report);
    if (shared === 'nothing') {
      this.descriptors?.release();
      this.#releaseScore();
    } else this.#occupant = process;
    return process;
  }

  /** Waits until its child no longer uses the slot. False when the child is late. */
  vacate(): boolean {
    this.#occupant?.outcome();
    if (this.#list.isShared) return false;
    this.#occupant = null;
    this.descriptors?.release();
    this.memory.clear();
    this.#releaseScore();
    return true;
  }

  isOf(process: CloneExec): boolean {
    return this.#occupant === process;
  }

  #releaseScore(): void {
    this.#oomScore?.afterSpawn();
    this.#oomScore = null;
  }
}

interface Slots {
  readonly shared: readonly SpawnSlot[];
  readonly forked: SpawnSlot;
}

/** Created at the first spawn, when low descriptors are still free. */
let slots: Slots | null = null;
let turn = 0;
