// The forms of `ready` that have to ask, each as one attempt. repeated-probe.ts repeats them.
import { type Readiness, readiness } from '../../config/values/readiness.ts';
import type { Process } from '../process.ts';
import { acceptsTcp, acceptsUnix } from './connection-probes.ts';
import { exitsWithZero } from './exec-probe.ts';
import { answersHttp } from './http-status-probe.ts';
import { oneLine } from './probe-failure.ts';

/**
 * One attempt: null when the process is ready, else why it is not, in one line. Never rejects. Ends soon after `aborted`,
 * and then leaves neither a connection nor a command behind.
 */
export type ReadinessProbe = (process: Process, aborted: AbortSignal) => Promise<string | null>;

/** Null for the forms in which the program itself says that it is ready. */
export function probeOf(ready: Readiness): ReadinessProbe | null {
  switch (ready.kind) {
    case 'tcp':
      return acceptsTcp(ready.host, ready.port);
    case 'unix':
      return acceptsUnix(ready.path);
    case 'http':
      return answersHttp(ready.url);
    case 'exec':
      return exitsWithZero(ready.command);
    default:
      return null;
  }
}

/** What is tried, as in the configuration but in one bounded line and without a password. */
export function subjectOf(ready: Readiness): string {
  return oneLine(
    readiness.format(ready.kind === 'http' ? { ...ready, url: withoutPassword(ready.url) } : ready),
  );
}

/** The URL as written, or without its user and password if it has them: logs and clients show it. */
export function withoutPassword(text: string): string {
  const url = new URL(text);
  if (url.username === '' && url.password === '') return text;
  url.username = '';
  url.password = '';
  return url.href;
}
