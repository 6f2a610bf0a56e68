// How soon the kernel kills us when memory is short (oom_score_adj, proc(5)): later than others, but programs as ever.
import { readFileSync, writeFileSync } from 'node:fs';
import { isSystemError } from './system-error.ts';

/**
 * The kernel gives all processes that share memory one score, and a child shares ours until it is its program. So we have
 * the usual score again from when a child begins until none is on its way.
 */
export class OwnOomScore {
  #children = 0;
  #isLowered = true;

  private constructor(
    private readonly usual: number,
    private readonly lowered: number,
  ) {}

  /** Null when the score is that low already, or the kernel refuses. */
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

  /** Must precede the clone of a child. */
  childBegins(): void {
    this.#children += 1;
    if (this.#isLowered) this.#set(this.usual);
    this.#isLowered = false;
  }

  /** It is its program, or has failed. `isAnyLate`: others that were given up waiting for still share our memory. */
  childArrived(isAnyLate: boolean): void {
    this.#children -= 1;
    if (this.#children > 0 || isAnyLate) return;
    this.#set(this.lowered);
    this.#isLowered = true;
  }

  /** A refusal leaves it as it is: nothing else depends on it. */
  #set(score: number): void {
    try {
      writeFileSync(file, String(score));
    } catch (error) {
      if (!isSystemError(error)) throw error;
    }
  }
}

const file = '/proc/self/oom_score_adj';
