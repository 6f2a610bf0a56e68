// Work that takes much memory, one piece after the other, whoever asks and how often.
import { collectGarbageSoon } from './collect-garbage.ts';

export class Mutex {
  #last: Promise<void> = Promise.resolve();

  /**
   * What was asked for first is done first. The memory of each is given back before the next begins, except of one that
   * was given up while it waited: its action takes none.
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
