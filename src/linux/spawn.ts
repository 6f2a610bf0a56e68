// One child process. How it shares our memory and descriptors until it is a program: docs/decisions/spawn.md.

import { entering, keepingOnly, type Step, stepsOf } from './child-steps.ts';
import type { Sharing } from './clone-exec.ts';
import { currentUid, type UserIdentity } from './credentials.ts';
import { E, errnoName, SyscallError } from './errno.ts';
import type { OwnOomScore } from './own-oom-score.ts';
import { maxPendingSpawns } from './spawn-arena.ts';
import { SpawnFailure, type SpawnRequest } from './spawn-request.ts';
import { SpawnSlot } from './spawn-slot.ts';

export { maxPendingSpawns, SpawnFailure, type SpawnRequest };

/** A child that is on its way to its program. */
export interface Beginning {
  /** Waits until it is there: its pid. To be called once, in the same turn of the event loop. Throws SpawnFailure. */
  settle(): number;
}

/**
 * Starts the child in a process group of its own, and away from our terminal; all signals at their default and none blocked; its pid.
 * Throws SpawnFailure.
 */
export function spawn(request: SpawnRequest): number {
  return begin(request).settle();
}

/**
 * As spawn does, without waiting: the descriptors of `request` must stay open until it is settled. Throws SpawnFailure
 * when it cannot begin.
 */
export function begin(request: SpawnRequest): Beginning {
  try {
    return beginAnywhere(request);
  } catch (error) {
    if (!(error instanceof SyscallError)) throw error;
    throw new SpawnFailure(error.syscall === 'execve' ? 'exec' : 'fork', error.code);
  }
}

/** To be called when a child has ended: closes what was kept open for one that had not become its program in time. */
export function leavePlaces(): void {
  SpawnSlot.vacateAll();
}

function beginAnywhere(request: SpawnRequest): Beginning {
  try {
    return beginIn(SpawnSlot.next(), request);
  } catch (error) {
    // QEMU, where it plays the kernel for another architecture, knows no processes that share memory.
    if (!(error instanceof SyscallError && error.errno === E.EINVAL)) throw error;
    return beginIn(SpawnSlot.apart(), request);
  }
}

function beginIn(place: SpawnSlot, request: SpawnRequest): Beginning {
  const { memory, descriptors } = place;
  const user = userToBecome(request.user);
  const sharing = user === null ? place.sharing : 'nothing';
  const oomScore = request.limits?.ownOomScore ?? null;
  oomScore?.childBegins();
  try {
    if (!descriptors)
      return start(
        place,
        stepsOf(request, user, entering(request.cgroup, memory), memory),
        sharing,
        oomScore,
      );
    const { stdio, cgroup } = descriptors.hold(request);
    const first = [...entering(cgroup, memory), ...keepingOnly(descriptors.kept)];
    return start(place, stepsOf({ ...request, stdio }, user, first, memory), sharing, oomScore);
  } catch (error) {
    place.vacate();
    oomScore?.childArrived(SpawnSlot.isAnyLate);
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
  place: SpawnSlot,
  steps: readonly Step[],
  shared: Sharing,
  oomScore: OwnOomScore | null,
): Beginning {
  const process = place.start(steps, shared);
  return {
    settle: () => {
      const failure = process.outcome();
      if (place.isOf(process)) place.vacate();
      oomScore?.childArrived(SpawnSlot.isAnyLate);
      if (failure === null) return process.pid;
      const step = steps[failure.index];
      throw new SpawnFailure(step?.stage ?? 'exec', step?.refusal ?? errnoName(failure.errno));
    },
  };
}
