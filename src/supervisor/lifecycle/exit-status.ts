// Exit statuses as numbers and text.
import { signalName } from '../../linux/signals.ts';
import type { ExitStatus } from '../../linux/wait.ts';

/** The exit code, -1 for a signal. */
export function codeOf(status: ExitStatus): number {
  return status.kind === 'exited' ? status.code : -1;
}

/** Exit code 0, whatever `exitcodes` says. */
export function isSuccess(status: ExitStatus): boolean {
  return status.kind === 'exited' && status.code === 0;
}

/** `exit status 2`, `terminated by SIGSEGV (core dumped)`. */
export function describeExit(status: ExitStatus): string {
  if (status.kind === 'exited') return `exit status ${status.code}`;
  return `terminated by ${signalName(status.signal)}${status.coreDumped ? ' (core dumped)' : ''}`;
}

/** The exit code, or 128 plus the signal, as a shell reports it. */
export function shellStatusOf(status: ExitStatus): number {
  return status.kind === 'exited' ? status.code : 128 + status.signal;
}
