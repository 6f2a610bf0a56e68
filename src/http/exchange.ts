// One request and what becomes of it, from its header to its answer.
import type { Peer } from './peer.ts';
import type { HttpRequest, RequestHead } from './request.ts';
import type { HttpResponse } from './response.ts';
import type { Admit } from './router.ts';

/** Where the body of a request gathers at first. */
const firstBodyBytes = 4096;

export class Exchange {
  /** One buffer that grows: a body may come byte by byte, and each piece of its own would cost a hundred times that. */
  #body = new Uint8Array(0);
  #bodyBytes = 0;
  #gone: AbortController | null = null;

  constructor(
    readonly head: RequestHead,
    private readonly admission: ReturnType<Admit>,
    private readonly peer: Peer,
  ) {}

  /** Length of the body so far; the body of a refused request is not kept. */
  get bodyBytes(): number {
    return this.#bodyBytes;
  }

  /** The answer to a request that is refused whatever its body is; null for one that is admitted. */
  get refusal(): HttpResponse | null {
    return this.admission.kind === 'refused' ? this.admission.response : null;
  }

  /** For so long no answer is given. */
  get delayMs(): number {
    return this.admission.delayMs;
  }

  /** How many bytes were kept of these. */
  collect(bytes: Uint8Array): number {
    if (this.admission.kind === 'refused') return 0;
    const end = this.#bodyBytes + bytes.length;
    if (end > this.#body.length) this.#grow(Math.max(end, this.#roomFor(this.#body.length * 2)));
    this.#body.set(bytes, this.#bodyBytes);
    this.#bodyBytes = end;
    return bytes.length;
  }

  /** The answer, or the promise of it. Whatever the handler throws comes through. */
  answer(): HttpResponse | Promise<HttpResponse> {
    const { admission } = this;
    return admission.kind === 'refused' ? admission.response : admission.handle(this.#request());
  }

  /** Nobody waits for the answer any more. */
  abandon(): void {
    this.#body = new Uint8Array(0);
    this.#gone?.abort();
  }

  /** Never more than was announced. */
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
      // Few handlers ask for it, and it is not cheap.
      get gone() {
        return signal();
      },
    };
  }
}
