// Our own client on the daemon of a test, for what has to be asked often or without waiting for a program to start.
import { SupervisorClient } from '../../src/client/supervisor-client.ts';
import type { Daemon } from './daemon.ts';

/** Over the unix socket; to be closed. */
export function clientOf(daemon: Daemon): SupervisorClient {
  return new SupervisorClient({ url: `unix://${daemon.path('supervisor.sock')}`, credentials: null });
}
