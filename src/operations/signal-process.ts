// Signalling one process for a client, and which signals there are.
import { isSignal, signalNumber } from '../linux/signals.ts';
import type { Process } from '../supervisor/process.ts';
import { RpcFault } from '../xmlrpc/faults.ts';
import { type RpcValue, textOf } from '../xmlrpc/value.ts';

/** The number of a signal as clients send it: an int, digits, or a name. Throws RpcFault BAD_SIGNAL. */
export function requireSignal(sent: RpcValue): number {
  const number = typeof sent === 'string' ? numberOf(sent.trim()) : sent;
  if (typeof number !== 'number' || !isSignal(number)) throw new RpcFault('BAD_SIGNAL', textOf(sent));
  return number;
}

/** Signals the process alone, whose state stays. Throws RpcFault. */
export function signalProcess(process: Process, label: string, number: number): void {
  if (!process.isSignallable) throw new RpcFault('NOT_RUNNING', label);
  if (!process.signal(number)) throw new RpcFault('FAILED', label);
}

function numberOf(text: string): number | null {
  return /^\+?\d+$/.test(text) ? Number(text) : signalNumber(text);
}
