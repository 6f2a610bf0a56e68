// Runs in the background: the foreground process waits until the daemon is up, so that every error reaches its
// terminal.
// A process with threads cannot fork, so the daemon is a second execution of the same executable.
import { closeSync, writeSync } from 'node:fs';
import { restoreDescriptorLimit } from '../linux/inherited-limits.ts';

/** Marks the background process and names the descriptor on which it reports that it is up. */
const markerVariable = 'TSUPERVISOR_DAEMON';
const reportFd = 3;

/** True in the background process. Removes the marker, so that no child inherits it. */
export function takeDaemonMarker(): boolean {
  const marked = process.env[markerVariable] === '1';
  delete process.env[markerVariable];
  return marked;
}

/**
 * In the foreground process: runs the executable again in a new session and waits until it is up or has failed.
 * Returns the exit status.
 */
export async function startInBackground(): Promise<number> {
  // The background process shall inherit the limit of our own parent.
  restoreDescriptorLimit();
  const daemon = Bun.spawn([process.execPath, ...process.argv.slice(2)], {
    argv0: process.argv0,
    env: { ...process.env, [markerVariable]: '1' },
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
    detached: true,
  });
  const fd = daemon.stdio[reportFd];
  if (typeof fd !== 'number') throw new Error('no report pipe');
  const report = await new Response(Bun.file(fd).stream()).text();
  if (report !== '') {
    daemon.unref();
    return 0;
  }
  const status = await daemon.exited;
  return daemon.signalCode === null ? status : 1;
}

/** In the background process: lets the foreground process exit. */
export function reportUp(): void {
  writeSync(reportFd, 'up');
  closeSync(reportFd);
}
