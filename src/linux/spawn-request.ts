// What a child process is to be, and why there is none.
import type { UserIdentity } from './credentials.ts';
import type { ProgramLimits } from './program-limits.ts';

export interface SpawnRequest {
  /** What is executed; argv[0] may differ. */
  readonly path: string;
  readonly argv: readonly string[];
  /** `NAME=value` each. */
  readonly environment: readonly string[];
  /** File descriptors that become 0, 1 and 2, none of them one of these. All others of ours must be close-on-exec. */
  readonly stdio: readonly [number, number, number];
  /** Entered with the rights of `user`. */
  readonly directory: string | null;
  readonly umask: number | null;
  readonly user: UserIdentity | null;
  /** Null for our own. */
  readonly limits: ProgramLimits | null;
  /** The entrance (cgroup.ts) of the cgroup it goes into before anything else; null leaves it in ours. */
  readonly cgroup: number | null;
}

/** `fork`: the machine has no room; the others: what the child was to do first. */
export type SpawnStage = 'cgroup' | 'fork' | 'setuid' | 'chdir' | 'exec';

/** Why there is no child. */
export class SpawnFailure extends Error {
  override readonly name = 'SpawnFailure';
  constructor(
    readonly stage: SpawnStage,
    readonly reason: string,
  ) {
    super(`${stage}: ${reason}`);
  }
}
