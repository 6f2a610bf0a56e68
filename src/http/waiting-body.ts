// A large body waiting in the queue; released when its client leaves.

export class ClientLeft extends Error {
  override readonly name = 'ClientLeft';
}

export class WaitingBody {
  #bytes: Uint8Array | null;

  constructor(
    bytes: Uint8Array,
    /** The client has left. */
    readonly gone: AbortSignal,
  ) {
    this.#bytes = bytes;
    gone.addEventListener('abort', () => this.#release(), { once: true });
    if (gone.aborted) this.#release();
  }

  /** Throws ClientLeft. */
  get bytes(): Uint8Array {
    if (this.#bytes === null) throw new ClientLeft();
    return this.#bytes;
  }

  #release(): void {
    this.#bytes = null;
  }
}
