// Into the background: the starter stays until the daemon is up, so that every error reaches its terminal.
// A process with threads cannot fork, therefore the daemon is a second run of the same executable.
import { closeSync, writeSync } from 'node:fs';
import { restoreDescriptorLimit } from '../linux/inherited-limits.ts';

/** Tells the second run what it is, and by which descriptor it reports that it is up. */
const markerVariable = 'TSUPERVISOR_DAEMON';
const reportFd = 3;

/** True in the second run. Forgets the marker, so that no child sees it. */
export function takeDaemonMarker(): boolean {
  const marked = process.env[markerVariable] === '1';
  delete process.env[markerVariable];
  return marked;
}

/** In the starter: runs us again in a session of its own, until it is up or has failed; the starter's exit status. */
export async function startInBackground(): Promise<number> {
  // The second run finds in us what our own parent had.
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

/** In the second run: lets the starter go. */
export function reportUp(): void {
  writeSync(reportFd, 'up');
  closeSync(reportFd);
}
