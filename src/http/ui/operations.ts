// Operations of the page on one process, a group, a selection, or all.
import { type Outcome, onEach } from '../../operations/batch.ts';
import { clearLogs } from '../../operations/clear.ts';
import type { OperationContext } from '../../operations/context.ts';
import { findTarget } from '../../operations/find-process.ts';
import type { OperationError } from '../../operations/operation-error.ts';
import { restart } from '../../operations/restart.ts';
import { requireSignal, signal } from '../../operations/signal.ts';
import { inStartOrder, isStartable, start } from '../../operations/start.ts';
import { stop, stopEach } from '../../operations/stop.ts';
import type { Process } from '../../supervisor/process.ts';
import { processInfo } from '../../supervisor/process-info.ts';
import type { Requester } from '../../supervisor/requester.ts';
import type { Supervisor } from '../../supervisor/supervisor.ts';
import type { Operation, OperationRequest } from './api-types.ts';
import { processId } from './process-view.ts';
import type { Report } from './progress.ts';

/** Null if the body is not a valid request. */
export function operationRequest(body: ReadonlyMap<string, unknown>): OperationRequest | null {
  const [operation, targets, signal] = ['operation', 'targets', 'signal'].map((name) => body.get(name));
  if (!isOperation(operation) || !isStrings(targets)) return null;
  if (operation !== 'signal') return { operation, targets };
  return typeof signal === 'string' ? { operation, targets, signal } : null;
}

/**
 * Reports the total, then each process as it finishes. Rejects with OperationError for an unknown target before
 * anything is done.
 */
export async function operate(
  { supervisor }: OperationContext,
  request: OperationRequest,
  by: Requester,
  report: Report,
): Promise<void> {
  const processes = targetsOf(supervisor, request.targets);
  const { isWanted, act } = workOf(request, by);
  // "Already running" is reported for a single process only; for several, those that run are left out.
  const [only] = request.targets;
  const isOne = request.targets.length === 1 && only !== '*' && !only?.endsWith(':*');
  const wanted = isOne ? processes : processes.filter(isWanted);
  report({ total: wanted.length });
  const onOutcome = (outcome: Outcome) => reportOutcome(outcome, report);
  const batch = { by, labelOf: processId, wait: true, onOutcome };
  if (request.operation === 'restart') await restart(wanted, batch);
  else if (request.operation === 'stop' && !isOne) await stopEach(wanted, batch);
  else
    await onEach(request.operation === 'start' ? inStartOrder(wanted) : wanted, () => true, act, onOutcome);
}

/** By priority, without duplicates. Throws OperationError BAD_NAME. */
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
  /** Throws or rejects with OperationError. */
  readonly act: (process: Process) => void | Promise<void>;
}

function workOf({ operation, signal: name = '' }: OperationRequest, by: Requester): Work {
  const request = (process: Process) => ({ by, label: processId(process), wait: true });
  switch (operation) {
    case 'start':
      return { isWanted: isStartable, act: (process) => start(process, request(process)) };
    case 'stop':
      return {
        isWanted: (process) => process.isStoppable,
        act: (process) => stop(process, request(process)),
      };
    case 'restart':
      return { isWanted: () => true, act: () => {} };
    case 'signal': {
      const number = requireSignal(name, name);
      return {
        isWanted: (process) => process.isSignallable,
        act: (process) => signal(process, processId(process), number),
      };
    }
    case 'clear':
      return { isWanted: () => true, act: clearLogs };
  }
}

function reportOutcome({ process, error }: Outcome, report: Report): void {
  const id = processId(process);
  if (error === null) report({ done: id });
  else report({ failed: id, fault: error.failure, detail: detailOf(error, process) });
}

/** In addition to the fault's name: what it waits for, the daemon's detail, or the error's text unless it is just the process name. */
function detailOf({ detail = '' }: OperationError, process: Process): string {
  if (process.isStuck) return processInfo(process).description;
  if (process.life.spawnError !== '') return process.life.spawnError;
  return detail === processId(process) ? '' : detail;
}

const operations: readonly string[] = ['start', 'stop', 'restart', 'signal', 'clear'] satisfies Operation[];

function isOperation(value: unknown): value is Operation {
  return typeof value === 'string' && operations.includes(value);
}

function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
