// What to spawn, and the failure of a spawn.
import type { UserIdentity } from './credentials.ts';
import type { ProgramLimits } from './program-limits.ts';

export interface SpawnRequest {
  /** The file to execute; argv[0] may differ. */
  readonly path: string;
  readonly argv: readonly string[];
  /** `NAME=value` each. */
  readonly environment: readonly string[];
  /** Descriptors that become 0, 1 and 2; each must be above 2. All others of the daemon must be close-on-exec. */
  readonly stdio: readonly [number, number, number];
  /** One more descriptor of the daemon, and its number in the child, above 2. */
  readonly extra: ExtraDescriptor | null;
  /** Entered with the credentials of `user`. */
  readonly directory: string | null;
  readonly umask: number | null;
  readonly user: UserIdentity | null;
  /** Null for those of the daemon. */
  readonly limits: ProgramLimits | null;
  /** A descriptor of `openEntrance` (cgroup.ts) for the cgroup it enters first; null for the daemon's cgroup. */
  readonly cgroup: number | null;
}

export interface ExtraDescriptor {
  readonly fd: number;
  readonly target: number;
}

/** `fork`: clone(2) failed, or a step with no name of its own; the others: the step of the child that failed. */
export type SpawnStage = 'cgroup' | 'fork' | 'setuid' | 'chdir' | 'exec';

/** Why a spawn failed. */
export class SpawnFailure extends Error {
  override readonly name = 'SpawnFailure';
  constructor(
    readonly stage: SpawnStage,
    readonly reason: string,
  ) {
    super(`${stage}: ${reason}`);
  }
}
