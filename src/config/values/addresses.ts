// Values that name an address to listen on or connect to.
import { isIP } from '../../linux/ip-address.ts';
import { integerOrNull } from '../../python/integer.ts';
import { pythonRepr } from '../../python/repr.ts';
import { strip } from '../../python/text.ts';
import { ConfigError, type FastCgiGroupConfig } from '../config.ts';
import { absolutePath } from './paths.ts';
import { parseInteger } from './scalars.ts';
import type { ValueType } from './value-type.ts';

export interface InetAddress {
  /** Lower-case; empty for all interfaces. */
  readonly host: string;
  readonly port: number;
}

export const inetAddress: ValueType<InetAddress> = {
  expects: {
    en: 'a port, or host:port, such as 127.0.0.1:9001',
    zh: '端口，或 host:port，例如 127.0.0.1:9001',
  },
  parse(value) {
    const colon = value.lastIndexOf(':');
    if (colon < 0) return { host: '', port: barePort(value) };
    const host = strip(value.slice(0, colon)).toLowerCase();
    const port = strip(value.slice(colon + 1));
    if (port === '') throw new ConfigError(`no port number specified in ${pythonRepr(port)}`);
    return { host: host === '*' ? '' : host, port: inRange(parseInteger(port)) };
  },
  format: ({ host, port }) => `${host === '' ? '*' : host}:${port}`,
};

/** Lower case. */
export const hostNames: ValueType<readonly string[]> = {
  expects: {
    en: 'host names or addresses without ports, separated by commas',
    zh: '主机名或地址（不带端口），以逗号分隔',
  },
  parse(value) {
    const names = value.split(',').map((name) => strip(name).toLowerCase());
    const wrong = names.find((name) => /[^a-z0-9._-]/.test(name) && !isIP(name));
    if (wrong !== undefined) throw new ConfigError(`not a host name without port: ${pythonRepr(wrong)}`);
    return names.filter((name) => name !== '');
  },
  format: (names) => names.join(','),
};

function barePort(value: string): number {
  const port = integerOrNull(value);
  if (port !== null && port >= 1 && port <= 65535) return port;
  throw new ConfigError(`not a valid port number: ${pythonRepr(value)} `);
}

function inRange(port: number): number {
  if (port < 1) throw new ConfigError(`${port} is below lower bound (1)`);
  if (port > 65535) throw new ConfigError(`${port} is above upper bound (65535)`);
  return port;
}

export type SocketAddress =
  | { readonly kind: 'unix'; readonly path: string }
  | (Extract<FastCgiGroupConfig['socket'], { kind: 'tcp' }> & object);

export const fastCgiSocket: ValueType<SocketAddress> = {
  expects: { en: 'unix:///absolute/path or tcp://host:port', zh: 'unix:///绝对路径 或 tcp://主机:端口' },
  parse(value, host) {
    const tcp = /^tcp:\/\/([^\s:]+):(\p{Nd}+)$/u.exec(value);
    if (tcp) {
      const [, name = '', port = ''] = tcp;
      return { kind: 'tcp', host: name.toLowerCase(), port: inRange(parseInteger(port)) };
    }
    if (!value.startsWith('unix://')) throw printedTuple('Bad socket format %s', value);
    const path = value.slice('unix://'.length);
    if (!path.startsWith('/')) throw printedTuple('Unix socket path %s is not an absolute path', path);
    return { kind: 'unix', path: absolutePath.parse(path, host) };
  },
  format: formatSocket,
};

function formatSocket(address: SocketAddress): string {
  return address.kind === 'unix' ? `unix://${address.path}` : `tcp://${address.host}:${address.port}`;
}

/** As in the original, whose message shows its unformatted arguments. */
function printedTuple(template: string, value: string): ConfigError {
  return new ConfigError(`(${pythonRepr(template)}, ${pythonRepr(value)})`);
}
