// Reaps children: waitpid(2).
import { libc, ptr } from './libc.ts';

/** How a process exited. */
export type ExitStatus =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signaled'; readonly signal: number; readonly coreDumped: boolean };

export interface ReapedChild {
  readonly pid: number;
  readonly status: ExitStatus;
}

const WNOHANG = 1;
const statusCell = new Int32Array(1);

/** Reaps one exited child; null when there is none. */
export function reapChild(): ReapedChild | null {
  const pid = libc.waitpid(-1, ptr(statusCell), WNOHANG);
  return pid > 0 ? { pid, status: decodeWaitStatus(statusCell[0] ?? 0) } : null;
}

/** The encoding of <bits/waitstatus.h>. */
function decodeWaitStatus(word: number): ExitStatus {
  const signal = word & 0x7f;
  if (signal === 0) return { kind: 'exited', code: (word >> 8) & 0xff };
  return { kind: 'signaled', signal, coreDumped: (word & 0x80) !== 0 };
}
