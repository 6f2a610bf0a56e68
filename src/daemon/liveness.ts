// Liveness of the daemon. Running this code proves that the event loop turns; the rest is checked here.
import type { ServerConfig } from '../config/config.ts';
import type { DataPlane } from '../data-plane/main/data-plane.ts';
import { deadlineOf } from '../supervisor/lifecycle/process-state.ts';
import type { Supervisor } from '../supervisor/supervisor.ts';
import { probeServer } from './probe-server.ts';

export interface Lifecycle {
  readonly supervisor: Supervisor;
  readonly dataPlane: DataPlane;
}

/** Tolerated delay of a process's timer: a busy machine is not a dead daemon. */
const toleratedDelayMs = 10_000;

/** What does not work, or null if healthy; takes about `timeoutMs` at most. */
export async function findUnhealthy(
  { supervisor, dataPlane }: Lifecycle,
  timeoutMs: number,
): Promise<string | null> {
  // After a suspend of the machine, let overdue timers run first.
  await new Promise((resolve) => setImmediate(resolve));
  const overdue = overdueProcess(supervisor);
  if (overdue !== null) return `the timer of '${overdue}' is overdue`;
  const worker = dataPlane
    .isAlive(timeoutMs)
    .then((alive) => (alive ? null : 'the worker that carries output does not answer'));
  const servers = supervisor.config.servers.map((server) => unhealthyServer(server, timeoutMs));
  const complaints = await Promise.all([worker, ...servers]);
  return complaints.find((complaint) => complaint !== null) ?? null;
}

function overdueProcess(supervisor: Supervisor): string | null {
  const limit = supervisor.daemon.clock.now() - toleratedDelayMs;
  for (const { life, policy, qualifiedName } of supervisor.processesByPriority) {
    if ((deadlineOf(life, policy) ?? limit) < limit) return qualifiedName;
  }
  return null;
}

/** A server that cannot be reached at all may have lost its socket file; that is no reason to stop every program. */
async function unhealthyServer(server: ServerConfig, timeoutMs: number): Promise<string | null> {
  const result = await probeServer(server, timeoutMs);
  return result === 'silent' ? `[${server.section}] accepts connections, but does not answer` : null;
}
