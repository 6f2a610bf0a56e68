// The OOM score of the daemon (oom_score_adj, proc(5)): the kernel kills it later than others; programs keep the usual
// score.
import { readFileSync, writeFileSync } from 'node:fs';
import { isSystemError } from './system-error.ts';

/**
 * The kernel keeps one score for all processes that share memory, and a child shares the daemon's until execve(2). So the
 * daemon has the usual score while a spawn is pending.
 */
export class OwnOomScore {
  #children = 0;
  #isLowered = true;

  private constructor(
    private readonly usual: number,
    private readonly lowered: number,
  ) {}

  /** Null when the score is that low already or the kernel refuses. */
  static lower(wanted: number): OwnOomScore | null {
    try {
      const usual = Number(readFileSync(file, 'latin1'));
      if (!Number.isInteger(usual) || usual <= wanted) return null;
      writeFileSync(file, String(wanted));
      return new OwnOomScore(usual, wanted);
    } catch (error) {
      if (isSystemError(error)) return null;
      throw error;
    }
  }

  /** Call it before the clone of a child. */
  beforeSpawn(): void {
    this.#children += 1;
    if (this.#isLowered) this.#isLowered = !set(this.usual);
  }

  /** Call it when the child no longer shares the daemon's memory: after its execve(2) or failure, however late. */
  afterSpawn(): void {
    this.#children -= 1;
    if (this.#children === 0 && !this.#isLowered) this.#isLowered = set(this.lowered);
  }
}

const file = '/proc/self/oom_score_adj';

/** Best effort: nothing else depends on the score. False when it stays as it is, until the next spawn. */
function set(score: number): boolean {
  try {
    writeFileSync(file, String(score));
    return true;
  } catch (error) {
    if (isSystemError(error)) return false;
    throw error;
  }
}
