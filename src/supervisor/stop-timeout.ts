// How long stopping everything may take at most, by what the configuration grants. Pure.
import type { GroupConfig } from '../config/config.ts';
import { hookEndLimitMs } from './pending-hooks.ts';
import type { Lifecycle } from './process-state.ts';

/** For what is not waiting: signals, reaping, emptying pipes, closing servers. */
const marginMs = 15_000;

/** Milliseconds. Groups stop one after the other, the processes of a group at once; hooks may still run then. */
export function stopTimeoutMs(groups: readonly GroupConfig[]): number {
  const slowest = groups.map(({ processes }) =>
    Math.max(0, ...processes.map(({ stopwaitsecs }) => stopwaitsecs)),
  );
  const hooks = groups
    .flatMap(({ processes }) => processes)
    .some(({ extensions }) => extensions.onExit || extensions.onFatal);
  return slowest.reduce((sum, seconds) => sum + seconds * 1000, marginMs + (hooks ? hookEndLimitMs : 0));
}

/** Milliseconds until whatever is being stopped has surely been killed; null when nothing is being stopped. */
export function stoppingMs(processes: readonly { readonly life: Lifecycle }[], now: number): number | null {
  const kills = processes.flatMap(({ life: { state } }) => (state.name === 'STOPPING' ? [state.killAt] : []));
  return kills.length === 0 ? null : Math.max(0, kills.reduce((a, b) => Math.max(a, b)) - now) + marginMs;
}
