// One child process. How it shares our memory and descriptors until it is a program: docs/decisions/spawn.md.
import { clearChildMemory } from './child-memory.ts';
import { entering, keepOnlyDescriptorsBelow, type Step, stepsOf } from './child-steps.ts';
import { currentUid, type UserIdentity } from './credentials.ts';
import { errnoName, SyscallError } from './errno.ts';
import { LowDescriptors } from './low-descriptors.ts';
import { type Sharing, startProcess } from './new-process.ts';
import { SpawnFailure, type SpawnRequest } from './spawn-request.ts';

export { SpawnFailure, type SpawnRequest };

/**
 * Starts the child in a process group of its own, all signals at their default and none blocked; its pid.
 * Throws SpawnFailure.
 */
export function spawn(request: SpawnRequest): number {
  try {
    return spawnAs(request);
  } catch (error) {
    if (!(error instanceof SyscallError)) throw error;
    throw new SpawnFailure(error.syscall === 'execve' ? 'exec' : 'fork', error.code);
  }
}

function spawnAs(request: SpawnRequest): number {
  clearChildMemory();
  const user = userToBecome(request.user);
  const enter = request.cgroup === null ? [] : [entering(request.cgroup)];
  if (user) return start(stepsOf(request, user, enter), 'nothing');
  lowDescriptors ??= LowDescriptors.reserve() ?? 'none';
  if (lowDescriptors === 'none') return start(stepsOf(request, null, enter), 'memory');
  const keepLow = keepOnlyDescriptorsBelow(lowDescriptors.end);
  return lowDescriptors.as(request.stdio, (stdio) =>
    start(stepsOf({ ...request, stdio }, null, [...enter, keepLow]), 'memory and descriptors'),
  );
}

/** Reserved at the first spawn. */
let lowDescriptors: LowDescriptors | 'none' | null = null;

function userToBecome(user: UserIdentity | null): UserIdentity | null {
  const uid = currentUid();
  if (user === null || user.uid === uid) return null;
  if (uid !== 0) throw new SpawnFailure('setuid', "Can't drop privilege as nonroot user");
  return user;
}

function start(steps: readonly Step[], shared: Sharing): number {
  const { pid, failure } = startProcess(steps, shared);
  if (failure === null) return pid;
  const step = steps[failure.index];
  throw new SpawnFailure(step?.stage ?? 'exec', step?.refusal ?? errnoName(failure.errno));
}
