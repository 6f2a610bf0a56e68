// Looks at a running process from time to time and restarts it when there is a reason to.
import type { Process } from './process.ts';

interface RestartLog {
  warn(message: string): void;
}

/** Why the process should be restarted, or null when all is well. Never throws. */
export type Look = (process: Process) => string | null | Promise<string | null>;

/** Looks `intervalMs` after the process began to run, and so long after each look; no timer while it does not run. */
export function monitorHealth(process: Process, intervalMs: number, look: Look, log: RestartLog): void {
  let timer: ReturnType<typeof setTimeout> | undefined;

  const arm = () => {
    clearTimeout(timer);
    if (process.state === 'RUNNING') timer = setTimeout(lookNow, intervalMs, process.pid);
  };

  const lookNow = async (pid: number) => {
    const reason = await look(process);
    // Meanwhile it may have ended, or be another one already.
    if (process.state !== 'RUNNING' || process.pid !== pid) return;
    if (reason === null) {
      arm();
      return;
    }
    log.warn(`restarting '${process.name}': ${reason}`);
    restart(process);
  };

  process.onTransition(arm);
}

/** Stops it and starts it again when it has stopped. A supervisor that is ending keeps it stopped. */
function restart(process: Process): void {
  const unsubscribe = process.onTransition(() => {
    if (process.state === 'STOPPING') return;
    unsubscribe();
    if (process.state === 'STOPPED') process.start();
  });
  process.stop();
}
