// Why a program that has just been started is not ready, before anything is known of it.
import type { Readiness } from '../../config/values/readiness.ts';
import { subjectOf } from './readiness-probe.ts';

/** One bounded line: `fd:3: no newline yet`. */
export function firstHindrance(ready: Readiness): string {
  return `${subjectOf(ready)}: ${lackOf(ready)}`;
}

function lackOf({ kind }: Readiness): string {
  switch (kind) {
    case 'notify':
      return 'no READY=1 yet';
    case 'fd':
      return 'no newline yet';
    case 'log':
      return 'no line has matched yet';
    default:
      return noResultYet;
  }
}

/** No attempt has ended. */
export const noResultYet = 'no result yet';
