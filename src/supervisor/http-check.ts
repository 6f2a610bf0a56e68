// `http_check`: a process that does not answer HTTP requests as it should is restarted.

import type { HealthProbe } from './health-monitor.ts';
import { type HttpAnswer, probeHttp } from './http-probe.ts';

export interface HttpExpectation {
  readonly url: string;
  readonly timeoutMs: number;
  readonly status: number;
  /** To occur in the body; empty for anything. */
  readonly text: string;
}

export function httpFailure(expectation: HttpExpectation): HealthProbe {
  const { url, timeoutMs } = expectation;
  return async () => {
    try {
      const flaw = flawOf(await probeHttp({ url, timeoutMs }), expectation);
      return flaw && `${url} ${flaw}`;
    } catch (error) {
      return `${url}: ${error instanceof Error ? error.message : String(error)}`;
    }
  };
}

function flawOf(answer: HttpAnswer, { status, text }: HttpExpectation): string | null {
  if (answer.status !== status) return `answered with status ${answer.status} instead of ${status}`;
  return answer.text.includes(text) ? null : `answered without the text '${text}'`;
}
