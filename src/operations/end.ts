// Shuts the daemon down or restarts it in place.
import type { Supervisor } from '../supervisor/supervisor.ts';
import { asRefusal } from './update.ts';

/** Stops everything, highest priority number first. */
export function shutdown(supervisor: Supervisor): void {
  supervisor.shutdown();
}

/**
 * Stops everything and starts again from the configuration files. Throws OperationError CANT_REREAD; then everything
 * keeps running.
 */
export function reload(supervisor: Supervisor): void {
  try {
    supervisor.restart();
  } catch (error) {
    throw asRefusal(error);
  }
}
