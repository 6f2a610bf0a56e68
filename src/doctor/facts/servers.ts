// The servers of a configuration and what currently holds their addresses.
import type { Config } from '../../config/config.ts';
import type { View } from '../machine-facts.ts';
import { isAddressHere } from './addresses.ts';
import { holderOf } from './ports.ts';
import type { ProcessEntry } from './process-table.ts';
import { gatherSocket } from './sockets.ts';

/** `table`: the processes that may hold ports. */
export function gatherServers(
  config: Config | null,
  table: readonly ProcessEntry[],
): Pick<View, 'unixServers' | 'inetServers'> {
  const servers = config?.servers ?? [];
  return {
    unixServers: servers.flatMap((server) => (server.kind === 'unix' ? [gatherSocket(server)] : [])),
    inetServers: servers.flatMap((server) => {
      if (server.kind !== 'inet') return [];
      const { section, host, port } = server;
      return [{ section, host, port, isHere: isAddressHere(host), holder: holderOf(host, port, table) }];
    }),
  };
}
