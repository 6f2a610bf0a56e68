// Stops several processes in the order of their dependencies, and with them what stops with them.
import type { Process } from '../supervisor/process.ts';
import { isStopped } from '../supervisor/process-state.ts';
import { inStopOrder } from '../supervisor/stop-order.ts';
import { untilProcess } from '../supervisor/wait-for-state.ts';
import { type OnOutcome, type Outcome, onEach, type ProcessOperation } from './batch.ts';

/**
 * Like `onEach`, but a process's turn comes when those that depend on it have stopped. What stops with one of them is
 * stopped before it, without an outcome.
 */
export async function stopTogether(
  processes: readonly Process[],
  isWanted: (process: Process) => boolean,
  stop: ProcessOperation,
  onOutcome: OnOutcome = () => {},
): Promise<readonly Outcome[]> {
  const [first] = processes;
  if (!first || first.daemon.dependencies.current.isEmpty) {
    return onEach(processes, isWanted, stop, onOutcome);
  }
  const { dependencies } = first.daemon;
  const wanted = new Set(processes.filter(isWanted));
  const companions = dependencies.companionsOf(wanted);
  const inTurn = inStopOrder(new Set([...wanted, ...companions.keys()]), dependencies.current, (process) => {
    const leader = companions.get(process);
    return leader ? stopCompanion(process, leader) : stop(process);
  });
  const [outcomes] = await Promise.all([
    onEach([...wanted], () => true, inTurn, onOutcome),
    onEach([...companions.keys()], () => true, inTurn),
  ]);
  return outcomes;
}

async function stopCompanion(process: Process, leader: Process): Promise<void> {
  if (process.isStoppable) {
    process.stop({ kind: 'dependency', relation: 'stops with', process: leader.qualifiedName });
  }
  await untilProcess(process, () => isStopped(process.life.state));
}
