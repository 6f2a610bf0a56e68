// `http_check`: restarts a process whose HTTP responses are not as expected.
import { failureOf, oneLine } from '../readiness/probe-failure.ts';
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
      return mismatchOf(await probeHttp({ url, timeoutMs }), expectation);
    } catch (error) {
      return failureOf(error);
    }
  };
}

function mismatchOf(answer: ProbeResponse, { status, text }: HttpExpectation): string | null {
  if (answer.status !== status) return `answered with status ${answer.status} instead of ${status}`;
  return answer.text.includes(text) ? null : oneLine(`answered without the text '${text}'`);
}
