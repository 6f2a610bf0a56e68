// Ending the daemon, for good or to begin anew.
import type { Supervisor } from '../supervisor/supervisor.ts';
import { asRefusal } from './update.ts';

/** Stops everything, highest priority number first. */
export function shutdown(supervisor: Supervisor): void {
  supervisor.shutdown();
}

/** Stops everything and starts anew from the configuration files. Throws OperationError CANT_REREAD; then all runs on. */
export function reload(supervisor: Supervisor): void {
  try {
    supervisor.restart();
  } catch (error) {
    throw asRefusal(error);
  }
}
