// One request and its response, from the head to the reply.
import type { Peer } from './peer.ts';
import type { HttpRequest, RequestHead } from './request.ts';
import type { HttpResponse } from './response.ts';
import type { Admit } from './router.ts';

/** Initial capacity for the body of a request. */
const firstBodyBytes = 4096;

export class Exchange {
  /**
   * A single growing buffer: a body may arrive byte by byte, and separate pieces would cost a hundred times its size.
   */
  #body = new Uint8Array(0);
  #bodyBytes = 0;
  #gone: AbortController | null = null;

  constructor(
    readonly head: RequestHead,
    private readonly admission: ReturnType<Admit>,
    private readonly peer: Peer,
  ) {}

  /** Body length so far; the body of a refused request is discarded. */
  get bodyBytes(): number {
    return this.#bodyBytes;
  }

  /** The response if the request is refused whatever its body is; null if it is admitted. */
  get refusal(): HttpResponse | null {
    return this.admission.kind === 'refused' ? this.admission.response : null;
  }

  /** Delay before the response is sent. */
  get delayMs(): number {
    return this.admission.delayMs;
  }

  /** Returns how many bytes were buffered. */
  collect(bytes: Uint8Array): number {
    if (this.admission.kind === 'refused') return 0;
    const end = this.#bodyBytes + bytes.length;
    if (end > this.#body.length) this.#grow(Math.max(end, this.#roomFor(this.#body.length * 2)));
    this.#body.set(bytes, this.#bodyBytes);
    this.#bodyBytes = end;
    return bytes.length;
  }

  /** The response, or a promise of it. Errors of the handler propagate. */
  answer(): HttpResponse | Promise<HttpResponse> {
    const { admission } = this;
    return admission.kind === 'refused' ? admission.response : admission.handle(this.#request());
  }

  /** The client has left. */
  abandon(): void {
    this.#body = new Uint8Array(0);
    this.#gone?.abort();
  }

  /** Never more than the announced length. */
  #roomFor(bytes: number): number {
    const { contentLength } = this.head;
    const announced = contentLength.kind === 'bytes' ? contentLength.bytes : 0;
    return Math.min(announced, Math.max(firstBodyBytes, bytes));
  }

  #grow(bytes: number): void {
    const larger = new Uint8Array(bytes);
    larger.set(this.#body);
    this.#body = larger;
  }

  #request(): HttpRequest {
    const body = this.#body.subarray(0, this.#bodyBytes);
    this.#body = new Uint8Array(0);
    const signal = () => {
      this.#gone ??= new AbortController();
      return this.#gone.signal;
    };
    return {
      ...this.head,
      body,
      peer: this.peer,
      // Lazy: few handlers use it, and it is not cheap.
      get gone() {
        return signal();
      },
    };
  }
}
