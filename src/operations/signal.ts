// Signals processes, without a transition.
import { isSignal, signalNumber } from '../linux/signals.ts';
import type { Process } from '../supervisor/process.ts';
import { OperationError } from './operation-error.ts';

/** The number of a signal given by name or number. `sent`: the text in the error. Throws OperationError BAD_SIGNAL. */
export function requireSignal(signal: string | number | null, sent: string): number {
  const number = typeof signal === 'string' ? numberOf(signal.trim()) : signal;
  if (number === null || !isSignal(number)) throw new OperationError('BAD_SIGNAL', sent);
  return number;
}

/** Signals the process alone. Throws OperationError. */
export function signal(process: Process, label: string, number: number): void {
  if (!process.isSignallable) throw new OperationError('NOT_RUNNING', label);
  if (!process.signal(number)) throw new OperationError('FAILED', label);
}

function numberOf(text: string): number | null {
  return /^\+?\d+$/.test(text) ? Number(text) : signalNumber(text);
}
