// Spawns one child. How it shares the daemon's memory and descriptors until execve(2): docs/decisions/spawn.md.

import { entering, keepingOnly, type Step, stepsOf } from './child-steps.ts';
import type { ReportDescriptor, Sharing } from './clone-exec.ts';
import { currentUid, type UserIdentity } from './credentials.ts';
import { E, errnoName, SyscallError } from './errno.ts';
import type { OwnOomScore } from './own-oom-score.ts';
import { maxPendingSpawns } from './spawn-arena.ts';
import { type ExtraDescriptor, SpawnFailure, type SpawnRequest } from './spawn-request.ts';
import { SpawnSlot } from './spawn-slot.ts';

export { type ExtraDescriptor, maxPendingSpawns, SpawnFailure, type SpawnRequest };

/** A child that has been cloned but may not have reached execve(2). */
export interface PendingSpawn {
  /** Waits for execve(2); returns the pid. Call it once, in the same turn of the event loop. Throws SpawnFailure. */
  finish(): number;
}

/**
 * Spawns the child in a process group of its own, without the daemon's controlling terminal, with every signal at its
 * default and none blocked. Returns the pid. Throws SpawnFailure.
 */
export function spawn(request: SpawnRequest): number {
  return beginSpawn(request).finish();
}

/**
 * Like `spawn`, without waiting for execve(2): the descriptors of `request` must stay open until `finish`. Throws
 * SpawnFailure when there is no child.
 */
export function beginSpawn(request: SpawnRequest): PendingSpawn {
  try {
    return spawnInAnySlot(request);
  } catch (error) {
    if (!(error instanceof SyscallError)) throw error;
    throw new SpawnFailure(error.syscall === 'execve' ? 'exec' : 'fork', error.code);
  }
}

/** Call it when a child has been reaped: frees the slots of children that had not reached execve(2) in time. */
export function vacateSlots(): void {
  SpawnSlot.vacateAll();
}

function spawnInAnySlot(request: SpawnRequest): PendingSpawn {
  try {
    return spawnIn(SpawnSlot.next(), request);
  } catch (error) {
    // QEMU's user-mode emulation does not support clone(2) with CLONE_VM but without CLONE_THREAD.
    if (!(error instanceof SyscallError && error.errno === E.EINVAL)) throw error;
    return spawnIn(SpawnSlot.forked(), request);
  }
}

function spawnIn(slot: SpawnSlot, request: SpawnRequest): PendingSpawn {
  const { memory, descriptors } = slot;
  const user = userToBecome(request.user);
  const sharing = user === null ? slot.sharing : 'nothing';
  const oomScore = request.limits?.ownOomScore ?? null;
  try {
    if (!descriptors) {
      const steps = stepsOf(request, user, entering(request.cgroup, memory), memory);
      return start(slot, steps, sharing, { not: request.extra?.target ?? null }, oomScore);
    }
    const { stdio, cgroup, extra, report } = descriptors.hold(request);
    const first = [...entering(cgroup, memory), ...keepingOnly(descriptors.kept)];
    const steps = stepsOf({ ...request, stdio, extra }, user, first, memory);
    return start(slot, steps, sharing, { at: report }, oomScore);
  } catch (error) {
    slot.vacate();
    throw error;
  }
}

function userToBecome(user: UserIdentity | null): UserIdentity | null {
  const uid = currentUid();
  if (user === null || user.uid === uid) return null;
  if (uid !== 0) throw new SpawnFailure('setuid', "Can't drop privilege as nonroot user");
  return user;
}

function start(
  slot: SpawnSlot,
  steps: readonly Step[],
  shared: Sharing,
  report: ReportDescriptor,
  oomScore: OwnOomScore | null,
): PendingSpawn {
  const process = slot.start(steps, shared, report, oomScore);
  return {
    finish: () => {
      const failure = process.outcome();
      if (slot.isOf(process)) slot.vacate();
      if (failure === null) return process.pid;
      const step = steps[failure.index];
      throw new SpawnFailure(step?.stage ?? 'exec', step?.refusal ?? errnoName(failure.errno));
    },
  };
}
