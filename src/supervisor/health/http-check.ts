// `http_check`: restarts a process whose HTTP responses are not as expected.

import type { HealthProbe } from './health-monitor.ts';
import { type ProbeResponse, probeHttp } from './http-probe.ts';

export interface HttpExpectation {
  readonly url: string;
  readonly timeoutMs: number;
  readonly status: number;
  /** Must occur in the body; empty matches any body. */
  readonly text: string;
}

export function httpFailure(expectation: HttpExpectation): HealthProbe {
  const { url, timeoutMs } = expectation;
  return async () => {
    try {
      const mismatch = mismatchOf(await probeHttp({ url, timeoutMs }), expectation);
      return mismatch && `${url} ${mismatch}`;
    } catch (error) {
      return `${url}: ${error instanceof Error ? error.message : String(error)}`;
    }
  };
}

function mismatchOf(answer: ProbeResponse, { status, text }: HttpExpectation): string | null {
  if (answer.status !== status) return `answered with status ${answer.status} instead of ${status}`;
  return answer.text.includes(text) ? null : `answered without the text '${text}'`;
}
