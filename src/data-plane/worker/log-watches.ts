// Who follows which log: a change is told once, and again only after it was asked for again. So a follower hears
// as often as it can listen, however fast the log grows.

interface Watch {
  told: boolean;
  /** It changed since it was told. */
  changed: boolean;
}

export class LogWatches {
  readonly #byPath = new Map<string, Watch>();

  constructor(private readonly tell: (path: string) => void) {}

  has(path: string): boolean {
    return this.#byPath.has(path);
  }

  /** Asks for the next change: at once, if there was one since the last was told. */
  ask(path: string): void {
    const watch = this.#byPath.get(path);
    const changed = watch?.changed ?? false;
    this.#byPath.set(path, { told: changed, changed: false });
    if (changed) this.tell(path);
  }

  forget(path: string): void {
    this.#byPath.delete(path);
  }

  changed(path: string): void {
    const watch = this.#byPath.get(path);
    if (!watch) return;
    if (watch.told) watch.changed = true;
    else {
      watch.told = true;
      this.tell(path);
    }
  }
}
