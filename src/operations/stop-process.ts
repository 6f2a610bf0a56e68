// Stopping one process for a client, and what to answer.

import type { Process } from '../supervisor/process.ts';
import { isStopped } from '../supervisor/process-state.ts';
import { RpcFault } from '../xmlrpc/faults.ts';
import type { OperationContext } from './context.ts';
import { untilProcess } from './wait-for-state.ts';

const reportIntervalMs = 2000;

/** As startProcess does it. A process that waits to be started again is stopped at once. */
export function stopProcess(
  { supervisor }: OperationContext,
  process: Process,
  label: string,
  wait: boolean,
): void | Promise<void> {
  if (!process.isStoppable) throw new RpcFault('NOT_RUNNING', label);
  process.stop();
  if (process.state === 'UNKNOWN') throw new RpcFault('FAILED', label);
  if (!wait || isStopped(process.life.state)) return;
  return untilStopped(process, (message) => supervisor.daemon.log.info(message));
}

async function untilStopped(process: Process, report: (message: string) => void): Promise<void> {
  const message = `waiting for ${process.name} to stop`;
  report(message);
  const reports = setInterval(report, reportIntervalMs, message);
  try {
    await untilProcess(process, () => isStopped(process.life.state));
  } finally {
    clearInterval(reports);
  }
}
