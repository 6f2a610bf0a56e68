// Progress of a long operation as a stream of JSON lines. The operation completes even if the client leaves.
import type { HttpResponse } from '../response.ts';
import type { Progress } from './api-types.ts';

export type Report = (progress: Progress) => void;

/** `gone`: the client has left. A rejection of `work` ends the response and propagates. */
export function progressResponse(work: (report: Report) => Promise<void>, gone: AbortSignal): HttpResponse {
  return {
    status: 200,
    headers: [
      ['Content-Type', 'application/x-ndjson'],
      ['Cache-Control', 'no-store'],
      ['X-Accel-Buffering', 'no'],
    ],
    body: linesOf(work, gone),
  };
}

async function* linesOf(work: (report: Report) => Promise<void>, gone: AbortSignal): AsyncGenerator<string> {
  let waiting = '';
  let wake = Promise.withResolvers<void>();
  let failure: { readonly error: unknown } | null = null;
  let finished = false;
  gone.addEventListener('abort', () => wake.resolve(), { once: true });
  void work((progress) => {
    waiting += `${JSON.stringify(progress)}\n`;
    wake.resolve();
  })
    .catch((error: unknown) => {
      failure = { error };
    })
    .finally(() => {
      finished = true;
      wake.resolve();
    });
  while (!gone.aborted) {
    const lines = waiting;
    waiting = '';
    if (lines !== '') yield lines;
    else if (finished) break;
    else {
      await wake.promise;
      wake = Promise.withResolvers();
    }
  }
  throwIfFailed(failure);
}

function throwIfFailed(failure: { readonly error: unknown } | null): void {
  if (failure) throw failure.error;
}
