// Our own client on the daemon of a test, for what has to be asked often or without waiting for a program to start.
import { RpcClient } from '../../src/client/rpc-client.ts';
import { SupervisorClient } from '../../src/client/supervisor-client.ts';
import type { Daemon } from './daemon.ts';

/** Over the unix socket; to be closed. */
export function clientOf(daemon: Daemon): SupervisorClient {
  return new SupervisorClient({ url: `unix://${daemon.path('supervisor.sock')}`, credentials: null });
}

/** Sends remote events to its listeners, one after the other. */
export async function sendRemoteEvents(daemon: Daemon, data: readonly string[]): Promise<void> {
  const client = new RpcClient({ url: `unix://${daemon.path('supervisor.sock')}`, credentials: null });
  try {
    for (const each of data) await client.call('supervisor.sendRemoteCommEvent', 'test', each);
  } finally {
    client.close();
  }
}
