// The longest time that stopping everything may take, by the configuration. Pure.
import type { GroupConfig } from '../../config/config.ts';
import { hookEndLimitMs } from '../hooks/pending-hooks.ts';
import type { Lifecycle } from './process-state.ts';

/** For the work besides waiting: signal, reap, drain pipes, close servers. */
const marginMs = 15_000;

/** Milliseconds. Groups stop one after another, the processes of a group together; then hooks may still run. */
export function stopTimeoutMs(groups: readonly GroupConfig[]): number {
  const slowest = groups.map(({ processes }) =>
    Math.max(0, ...processes.map(({ stopwaitsecs }) => stopwaitsecs)),
  );
  const hooks = groups
    .flatMap(({ processes }) => processes)
    .some(({ extensions }) => extensions.onExit || extensions.onFatal);
  return slowest.reduce((sum, seconds) => sum + seconds * 1000, marginMs + (hooks ? hookEndLimitMs : 0));
}

/** Milliseconds until every process in STOPPING has been sent SIGKILL, with a margin; null when none is STOPPING. */
export function stoppingMs(processes: readonly { readonly life: Lifecycle }[], now: number): number | null {
  const kills = processes.flatMap(({ life: { state } }) => (state.name === 'STOPPING' ? [state.killAt] : []));
  return kills.length === 0 ? null : Math.max(0, kills.reduce((a, b) => Math.max(a, b)) - now) + marginMs;
}
