// Change notifications for followed logs, edge-triggered: after one notification the next is sent only when the watch
// has been armed again, so that changes are coalesced at the follower's own pace.

interface Watch {
  notified: boolean;
  /** It has changed since the last notification. */
  changed: boolean;
}

export class LogWatches {
  readonly #byPath = new Map<string, Watch>();

  constructor(private readonly notify: (path: string) => void) {}

  has(path: string): boolean {
    return this.#byPath.has(path);
  }

  /** Arms the watch; notifies at once if the log has changed since the last notification. */
  arm(path: string): void {
    const watch = this.#byPath.get(path);
    const changed = watch?.changed ?? false;
    this.#byPath.set(path, { notified: changed, changed: false });
    if (changed) this.notify(path);
  }

  forget(path: string): void {
    this.#byPath.delete(path);
  }

  changed(path: string): void {
    const watch = this.#byPath.get(path);
    if (!watch) return;
    if (watch.notified) watch.changed = true;
    else {
      watch.notified = true;
      this.notify(path);
    }
  }
}
