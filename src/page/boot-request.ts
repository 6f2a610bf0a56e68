// Requests how the start of all programs went, again after processes have changed.
import type { BootView } from '../http/ui/api-types.ts';

/** While programs start, or one restarts again and again, processes change all the time. */
const intervalMs = 300;

/** One request at a time, and none sooner after the one before. The last change is always followed by one. */
export class BootRequests {
  readonly #ended = new AbortController();
  #isDue = false;
  #isBusy = false;

  constructor(private readonly onBoot: (boot: BootView) => void) {}

  /** Processes have changed. */
  soon(): void {
    this.#isDue = true;
    if (!this.#isBusy) void this.#run();
  }

  end(): void {
    this.#ended.abort();
  }

  async #run(): Promise<void> {
    const { signal } = this.#ended;
    this.#isBusy = true;
    while (this.#isDue && !signal.aborted) {
      await new Promise((resolve) => setTimeout(resolve, intervalMs));
      this.#isDue = false;
      await this.#request(signal);
    }
    this.#isBusy = false;
  }

  async #request(signal: AbortSignal): Promise<void> {
    try {
      const response = await fetch('ui/boot', { signal });
      if (response.ok) this.onBoot(await response.json());
    } catch {
      // Reported by the connection notice.
    }
  }
}
