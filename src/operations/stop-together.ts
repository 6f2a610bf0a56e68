// Stops several processes in the order of their dependencies, and with them what stops with them.
import { TimeSlice } from '../event-loop/time-slice.ts';
import { inStopOrder } from '../supervisor/dependencies/stop-order.ts';
import type { Goal } from '../supervisor/lifecycle/goal.ts';
import { isStopped } from '../supervisor/lifecycle/process-state.ts';
import type { Process } from '../supervisor/process.ts';
import { describeRequester, type Requester } from '../supervisor/requester.ts';
import { untilProcess } from '../supervisor/wait-for-state.ts';
import { type OnOutcome, type Outcome, onEach, type ProcessOperation } from './batch.ts';

export interface StopRequest {
  readonly by: Requester;
  /** What becomes the goal of each until its turn comes. */
  readonly goal: 'down' | 'restart';
  readonly isWanted: (process: Process) => boolean;
  /** Stops one whose turn has come. */
  readonly stop: ProcessOperation;
  readonly onOutcome?: OnOutcome;
}

/**
 * Like `onEach`, but a process's turn comes when those that depend on it, also through others, have stopped. What stops
 * with one of them is stopped before it, without an outcome.
 */
export async function stopTogether(
  processes: readonly Process[],
  { by, goal, isWanted, stop, onOutcome }: StopRequest,
): Promise<readonly Outcome[]> {
  const [first] = processes;
  if (!first || first.daemon.dependencies.current.isEmpty) {
    return onEach(processes, isWanted, stop, onOutcome);
  }
  const { dependencies } = first.daemon;
  const wanted = new Set(processes.filter(isWanted));
  const companions = dependencies.companionsOf(wanted);
  /** What each of these was last asked to be, unless a later request comes before its turn. */
  const goals = new Map<Process, Goal>();
  const slice = new TimeSlice();
  for (const process of [...wanted, ...companions.keys()]) {
    const leader = companions.get(process);
    if (leader) planWith(process, leader);
    else process.plan(goal, by);
    goals.set(process, process.goal);
    if (slice.isOver) await slice.next();
  }
  const given = new Set(processes);
  const all = dependencies.withDependents([...wanted, ...companions.keys()]);
  const inTurn = inStopOrder(all, dependencies.current, (process) => {
    const isCompanion = companions.has(process);
    if (!isCompanion && !wanted.has(process)) {
      // It only lies between others, or another request stops it.
      return given.has(process) && process.state === 'STOPPING' ? untilStopped(process) : undefined;
    }
    if (process.life.startForbidden || process.goal !== goals.get(process)) return leaveToLater(process);
    return isCompanion ? stopCompanion(process) : stop(process);
  });
  const others = [...all].filter((process) => !wanted.has(process));
  const [outcomes] = await Promise.all([
    onEach([...wanted], () => true, inTurn, onOutcome),
    onEach(others, () => true, inTurn),
  ]);
  return outcomes;
}

/** Unless it was asked to stop for itself. */
function planWith(process: Process, leader: Process): void {
  if (process.goal.kind === 'down') return;
  process.plan('down', { kind: 'dependency', relation: 'stops with', process: leader.qualifiedName });
}

function stopCompanion(process: Process): Promise<void> {
  const { goal } = process;
  if (goal.kind !== 'none') {
    process.daemon.log.info(`stopping '${process.name}': it ${describeRequester(goal.asked.by)}`);
  }
  process.release();
  return untilStopped(process);
}

/** A later request decides what becomes of it, or the shutdown. Its own turn does not wait for this one. */
function leaveToLater(process: Process): void | Promise<void> {
  const { kind } = process.goal;
  const willStop = process.life.startForbidden || kind === 'down' || kind === 'restart';
  if (willStop || process.state === 'STOPPING') return untilStopped(process);
}

function untilStopped(process: Process): Promise<void> {
  return untilProcess(process, () => isStopped(process.life.state));
}
