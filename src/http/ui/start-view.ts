// How far the start of a process is, as shown by the page.
import { conditions } from '../../config/values/dependencies.ts';
import { doneAtOf } from '../../supervisor/boot.ts';
import { meets } from '../../supervisor/dependencies/target-status.ts';
import { isWaiting, type ProcessState, type UnmetNeed } from '../../supervisor/lifecycle/process-state.ts';
import type { Process } from '../../supervisor/process.ts';
import type { NeedView, ProcessView, StartView } from './api-types.ts';

/** The members of a process's view that only dependencies, readiness and health bring about. */
export function startViews(
  process: Process,
): Pick<ProcessView, 'waiting' | 'hindrance' | 'unhealthy' | 'start'> {
  const { state } = process.life;
  const hindrance = hindranceOf(state);
  const { healthFailure } = process;
  return {
    ...(isWaiting(state) && { waiting: state.needs.map(needView) }),
    ...(hindrance !== '' && { hindrance }),
    ...(healthFailure !== '' && { unhealthy: healthFailure }),
    ...(isInvolved(process) && { start: startView(process) }),
  };
}

/** It depends on others, or others on it. */
export function isInvolved(process: Process): boolean {
  const { dependsOn, stopWith, restartWith } = process.config.extensions;
  if (dependsOn.length + stopWith.length + restartWith.length > 0) return true;
  return process.daemon.dependencies.current.targetsOf(process).length > 0;
}

function hindranceOf(state: ProcessState): string {
  if (state.name !== 'STARTING') return '';
  if (state.phase === 'up') return state.hindrance;
  return state.phase === 'failing' ? state.reason : '';
}

function needView({ name, condition, stuck, failure }: UnmetNeed): NeedView {
  return { name, condition, ...(stuck !== null && { stuck }), ...(failure !== '' && { failure }) };
}

function startView(process: Process): StartView {
  const { start, state } = process.life;
  const now = process.daemon.clock.now();
  const doneAt = doneAtOf(process);
  const met = conditions.filter((condition) => meets(process, condition));
  const isOn = state.name === 'STARTING' || met.includes('ready') || met.includes('completed');
  const spawnedAt = isOn ? (start?.spawnedAt ?? null) : null;
  return {
    requested: start && Math.round(Date.now() - (now - start.requestedAt)) / 1000,
    waited: start && spawnedAt !== null ? Math.round(spawnedAt - start.requestedAt) / 1000 : null,
    took: doneAt !== null && spawnedAt !== null ? Math.round(doneAt - spawnedAt) / 1000 : null,
    meets: met,
  };
}
