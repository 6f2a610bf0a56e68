// Our own client for a test's daemon, for frequent calls without starting a program for each.
import { RpcClient } from '../../src/client/rpc-client.ts';
import { SupervisorClient } from '../../src/client/supervisor-client.ts';
import type { Daemon } from './daemon.ts';

/** Over the unix socket; the caller closes it. */
export function clientOf(daemon: Daemon): SupervisorClient {
  return new SupervisorClient({ url: `unix://${daemon.path('supervisor.sock')}`, credentials: null });
}

/** Sends remote events in order. */
export async function sendRemoteEvents(daemon: Daemon, data: readonly string[]): Promise<void> {
  const client = new RpcClient({ url: `unix://${daemon.path('supervisor.sock')}`, credentials: null });
  try {
    for (const each of data) await client.call('supervisor.sendRemoteCommEvent', 'test', each);
  } finally {
    client.close();
  }
}
