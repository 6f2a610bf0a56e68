// Matches sockets passed by systemd to server sections.
import type { ServerConfig } from '../config/config.ts';
import { type ListeningAddress, listeningAddress } from '../linux/listening-address.ts';
import type { PassedDescriptor } from '../systemd/listen-fds.ts';
import { ListenError } from './listener.ts';

/** The servers, with the address of a matched socket, and the sockets by section. */
export interface AssignedSockets {
  readonly servers: readonly ServerConfig[];
  readonly passed: ReadonlyMap<string, number>;
}

/** Throws ListenError for a descriptor that no server can use. */
export function assignSockets(
  servers: readonly ServerConfig[],
  descriptors: readonly PassedDescriptor[],
): AssignedSockets {
  const seats = new Map<ServerConfig, Socket>();
  const sockets = descriptors.map(socketOf);
  for (const fits of rules) {
    for (const socket of sockets.filter((candidate) => ![...seats.values()].includes(candidate))) {
      const server = servers.find((candidate) => !seats.has(candidate) && fits(candidate, socket));
      if (server) seats.set(server, socket);
    }
  }
  const unused = sockets.find((socket) => ![...seats.values()].includes(socket));
  if (unused) throw new ListenError(`${described(unused)} is for none of the servers: ${wanted(unused)}`);
  return {
    servers: servers.map((server) => {
      const socket = seats.get(server);
      return socket ? movedTo(server, socket.address) : server;
    }),
    passed: new Map([...seats].map(([{ section }, { fd }]) => [section, fd])),
  };
}

interface Socket extends PassedDescriptor {
  readonly address: ListeningAddress;
}

type Fits = (server: ServerConfig, socket: Socket) => boolean;

/** Tried in order, each rule for all sockets. */
const rules: readonly Fits[] = [
  (server, { name, address }) => server.kind === address.kind && nameOf(server.section) === name,
  (server, { address }) =>
    server.kind === 'unix'
      ? address.kind === 'unix' && server.path === address.path
      : address.kind === 'inet' && server.port === address.port && server.host === address.host,
  (server, { address }) => server.kind === 'inet' && address.kind === 'inet' && server.port === address.port,
];

/** systemd's socket names contain no colon. */
function nameOf(section: string): string {
  return section.replaceAll(':', '-');
}

function socketOf(descriptor: PassedDescriptor): Socket {
  const address = listeningAddress(descriptor.fd);
  if (address) return { ...descriptor, address };
  throw new ListenError(
    `Descriptor ${descriptor.fd} ('${descriptor.name}') of LISTEN_FDS is no listening stream socket: ` +
      'a .socket unit for us has ListenStream= and no Accept=yes',
  );
}

/** Matched by name only, so the address may differ; clients and our liveness check need the real one. */
function movedTo(server: ServerConfig, address: ListeningAddress): ServerConfig {
  if (server.kind === 'unix') return address.kind === 'unix' ? { ...server, path: address.path } : server;
  if (address.kind === 'unix' || server.port === address.port) return server;
  return { ...server, host: address.host, port: address.port };
}

function described({ name, address }: Socket): string {
  const where = address.kind === 'unix' ? address.path : `port ${address.port}`;
  return `The socket '${name}' of systemd (${where})`;
}

function wanted({ address }: Socket): string {
  return address.kind === 'unix'
    ? `expected file=${address.path} in [unix_http_server], or FileDescriptorName=unix_http_server`
    : `expected that port in [inet_http_server], or FileDescriptorName=inet_http_server`;
}
