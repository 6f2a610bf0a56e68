// What the page lets one do to processes: to one, to groups, to a selection, to all.
import { exists } from 'node:fs/promises';
import { type Channel, channels } from '../../config/channel.ts';
import { SyscallError } from '../../linux/errno.ts';
import { onEach } from '../../operations/batch.ts';
import type { OperationContext } from '../../operations/context.ts';
import { findTarget } from '../../operations/find-process.ts';
import { requireSignal, signalProcess } from '../../operations/signal-process.ts';
import { startProcess } from '../../operations/start-process.ts';
import { stopProcess } from '../../operations/stop-process.ts';
import type { Process } from '../../supervisor/process.ts';
import type { Supervisor } from '../../supervisor/supervisor.ts';
import { RpcFault } from '../../xmlrpc/faults.ts';
import type { Operation, OperationRequest } from './api-types.ts';
import { processId } from './process-view.ts';
import type { Report } from './progress.ts';
import { stopAll } from './stop-all.ts';

/** Null when the body is no such request. */
export function operationRequest(body: Readonly<Record<string, unknown>>): OperationRequest | null {
  const { operation, targets, signal } = body;
  if (!isOperation(operation) || !isStrings(targets)) return null;
  if (operation !== 'signal') return { operation, targets };
  return typeof signal === 'string' ? { operation, targets, signal } : null;
}

/** Reports the total, then each as it is done. Rejects with RpcFault, before anything is done, for an unknown target. */
export async function operate(
  context: OperationContext,
  request: OperationRequest,
  report: Report,
): Promise<void> {
  const { supervisor } = context;
  const processes = targetsOf(supervisor, request.targets);
  const { isWanted, act } = workOf(context, request);
  // Somebody who names one wants to be told that it is running already; of many only the others are meant.
  const [only] = request.targets;
  const isOne = request.targets.length === 1 && only !== '*' && !only?.endsWith(':*');
  const wanted = isOne ? processes : processes.filter(isWanted);
  report({ total: wanted.length });
  const isReported = (process: Process) => reporting(process, act, report);
  if (request.operation === 'restart') await stopAll(context, wanted);
  await onEach(wanted, () => true, isReported);
}

/** In order of priority, each once. Throws RpcFault BAD_NAME. */
function targetsOf(supervisor: Supervisor, targets: readonly string[]): readonly Process[] {
  const all = supervisor.processesByPriority;
  if (targets.includes('*')) return all;
  const named = new Set(
    targets.flatMap((name) => {
      const target = findTarget(supervisor, name);
      return target.kind === 'group' ? target.group.processes : [target.process];
    }),
  );
  return all.filter((process) => named.has(process));
}

interface Work {
  readonly isWanted: (process: Process) => boolean;
  /** Throws or rejects with RpcFault. */
  readonly act: (process: Process) => void | Promise<void>;
}

function workOf(context: OperationContext, { operation, signal = '' }: OperationRequest): Work {
  switch (operation) {
    case 'start':
      return { isWanted: isStartable, act: (process) => startProcess(process, processId(process), true) };
    case 'stop':
      return {
        isWanted: (process) => process.isStoppable,
        act: (process) => stopProcess(context, process, processId(process), true),
      };
    case 'restart':
      return { isWanted: () => true, act: (process) => startProcess(process, processId(process), true) };
    case 'signal': {
      const number = requireSignal(signal);
      return {
        isWanted: (process) => process.isSignallable,
        act: (process) => signalProcess(process, processId(process), number),
      };
    }
    case 'clear':
      return { isWanted: () => true, act: (process) => clearLogs(context.supervisor, process) };
  }
}

async function clearLogs({ daemon }: Supervisor, process: Process): Promise<void> {
  try {
    await process.logs.clear();
    // A process that does not run has its logs closed.
    if (process.pid === 0) await Promise.all(channels.map((channel) => clearClosedLog(process, channel)));
  } catch (error) {
    if (error instanceof SyscallError) throw new RpcFault('FAILED', error.message);
    throw error;
  }

  async function clearClosedLog({ logPaths, config }: Process, channel: Channel): Promise<void> {
    const path = logPaths[channel];
    if (path === null || !(await exists(path))) return;
    const log = daemon.dataPlane.openLog({ path, rotation: config[channel].rotation });
    await log.clear().finally(() => log.release());
  }
}

async function reporting(process: Process, act: Work['act'], report: Report): Promise<void> {
  const id = processId(process);
  try {
    await act(process);
    report({ done: id });
  } catch (error) {
    if (!(error instanceof RpcFault)) throw error;
    report({ failed: id, fault: error.fault, detail: detailOf(error, process) });
  }
}

/** Beyond the fault's name: what the daemon knows, else what the fault says beside the process's own name. */
function detailOf({ fault, text }: RpcFault, process: Process): string {
  if (process.life.spawnError !== '') return process.life.spawnError;
  const said = text.slice(fault.length + 2);
  return said === processId(process) ? '' : said;
}

function isStartable({ state }: Process): boolean {
  return state !== 'STARTING' && state !== 'RUNNING' && state !== 'BACKOFF';
}

const operations: readonly string[] = ['start', 'stop', 'restart', 'signal', 'clear'] satisfies Operation[];

function isOperation(value: unknown): value is Operation {
  return typeof value === 'string' && operations.includes(value);
}

function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
