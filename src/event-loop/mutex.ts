// A fair mutex for work that takes much memory.
import { collectGarbageSoon } from './collect-garbage.ts';

export class Mutex {
  #last: Promise<void> = Promise.resolve();

  /**
   * Runs the actions one at a time, first come, first served. Frees the memory of each before the next starts, except when
   * `givenUp` was aborted while it waited: then its action takes none.
   */
  async exclusively<T>(action: () => Promise<T>, givenUp?: AbortSignal): Promise<T> {
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = promise;
    await before;
    const takesMemory = !givenUp?.aborted;
    try {
      return await action();
    } finally {
      if (takesMemory) void collectGarbageSoon().then(resolve);
      else resolve();
    }
  }
}
