// Ready when a GET request is answered with a status from 200 to 399.
import { requestStatus } from '../health/http-probe.ts';
import { failureOf } from './probe-failure.ts';
import type { ReadinessProbe } from './readiness-probe.ts';

export function answersHttp(url: string): ReadinessProbe {
  return async (_, aborted) => {
    try {
      const status = await requestStatus(url, aborted);
      return status >= 200 && status <= 399 ? null : `answered with status ${status}`;
    } catch (error) {
      return failureOf(error);
    }
  };
}
