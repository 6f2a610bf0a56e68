// The .socket unit for the servers of a configuration (socket activation): systemd opens the sockets and starts the
// service on the first connection. The daemon matches passed sockets by address.
import { stringify } from 'ini';
import type { ServerConfig } from '../config/config.ts';
import { resolveIpv4 } from '../linux/ipv4-address.ts';
import { UnitError, type UnitOptions } from './unit.ts';

/** The text of NAME.socket. Throws UnitError for servers that cannot share one unit. */
export function socketUnitText(
  { name, scope }: Pick<UnitOptions, 'name' | 'scope'>,
  servers: readonly ServerConfig[],
): string {
  if (servers.length === 0)
    throw new UnitError('the configuration has no server: there is nothing to listen for');
  const sections = {
    Unit: { Description: `sockets of ${name}`, Documentation: 'man:tsupervisor(1) man:systemd.socket(5)' },
    Socket: { ListenStream: servers.map(addressOf), ...accessTo(servers), RemoveOnStop: 'yes' },
    // Also wanted by the service: systemd refuses to open the sockets while it runs, so its next start has to.
    Install: { WantedBy: `sockets.target ${name}.service` },
  };
  const user = scope === 'user' ? ' --user' : '';
  const header =
    '# Made by `tsupervisor unit --socket` from the servers of the configuration; make it anew when they change.\n' +
    `#   systemctl${user} daemon-reload && systemctl${user} enable ${name}.socket && systemctl${user} restart ${name}\n`;
  return `${header}\n${stringify(sections, { bracketedArray: false })}`;
}

function addressOf(server: ServerConfig): string {
  if (server.kind === 'unix') return server.path.replaceAll('%', '%%');
  const host = server.host.replace(/^\[(.*)\]$/, '$1') || '0.0.0.0';
  if (host.includes(':')) return `[${host}]:${server.port}`;
  const address = resolveIpv4(host);
  if (address === null) throw new UnitError(`${host} has no address that systemd could listen at`);
  return `${address.join('.')}:${server.port}`;
}

/** A unit has a single mode and owner for all its unix sockets. */
function accessTo(servers: readonly ServerConfig[]): Record<string, string> {
  const [first, ...others] = servers.filter((server) => server.kind === 'unix');
  if (!first) return {};
  const { mode, owner } = first;
  const alike = others.every((other) => other.mode === mode && Bun.deepEquals(other.owner, owner));
  if (!alike)
    throw new UnitError(
      'the unix servers differ in chmod or chown, which a single .socket unit cannot express',
    );
  return {
    SocketMode: `0${mode.toString(8)}`,
    ...(owner.uid < 0 ? {} : { SocketUser: String(owner.uid) }),
    ...(owner.gid < 0 ? {} : { SocketGroup: String(owner.gid) }),
  };
}
