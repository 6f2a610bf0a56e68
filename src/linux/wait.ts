// Exited children: waitid(2), waitpid(2).
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

/** Reaps one exited child, that of the pid or any; null when there is none. */
export function reapChild(pid = -1): ReapedChild | null {
  const reaped = libc.waitpid(pid, ptr(statusCell), WNOHANG);
  return reaped > 0 ? { pid: reaped, status: decodeWaitStatus(statusCell[0] ?? 0) } : null;
}

const P_ALL = 0;
const WEXITED = 4;
const WNOWAIT = 0x1000000;
/** A siginfo_t, whose `si_pid` is at byte 16 on 64-bit machines. */
const siginfo = new Int32Array(32);
const siPid = 4;

/** The pid of an exited child, which stays a zombie; null when there is none. */
export function exitedChild(): number | null {
  siginfo[siPid] = 0;
  libc.waitid(P_ALL, 0, ptr(siginfo), WEXITED | WNOHANG | WNOWAIT);
  return siginfo[siPid] || null;
}

/** The encoding of <bits/waitstatus.h>. */
export function decodeWaitStatus(word: number): ExitStatus {
  const signal = word & 0x7f;
  if (signal === 0) return { kind: 'exited', code: (word >> 8) & 0xff };
  return { kind: 'signaled', signal, coreDumped: (word & 0x80) !== 0 };
}
