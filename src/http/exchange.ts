// One request and what becomes of it, from its header to its answer.
import type { HttpRequest, RequestHead } from './request.ts';
import type { HttpResponse } from './response.ts';
import type { Admission } from './router.ts';

export class Exchange {
  #body: Uint8Array[] = [];
  #bodyBytes = 0;
  #gone: AbortController | null = null;

  constructor(
    readonly head: RequestHead,
    private readonly admission: Admission,
  ) {}

  /** Length of the body so far; the body of a refused request is not kept. */
  get bodyBytes(): number {
    return this.#bodyBytes;
  }

  /** How many bytes were kept of these. */
  collect(bytes: Uint8Array): number {
    if (this.admission.kind === 'refused') return 0;
    this.#body.push(bytes);
    this.#bodyBytes += bytes.length;
    return bytes.length;
  }

  /** The answer, or the promise of it. Whatever the handler throws comes through. */
  answer(): HttpResponse | Promise<HttpResponse> {
    const { admission } = this;
    return admission.kind === 'refused' ? admission.response : admission.handle(this.#request());
  }

  /** Nobody waits for the answer any more. */
  abandon(): void {
    this.#body = [];
    this.#gone?.abort();
  }

  #request(): HttpRequest {
    const [first = new Uint8Array(0), ...more] = this.#body;
    const body = more.length === 0 ? first : Buffer.concat(this.#body);
    this.#body = [];
    const signal = () => {
      this.#gone ??= new AbortController();
      return this.#gone.signal;
    };
    return {
      ...this.head,
      body,
      // Few handlers ask for it, and it is not cheap.
      get gone() {
        return signal();
      },
    };
  }
}
