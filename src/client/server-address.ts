// Parses a server URL into an address and credentials. Pure.

export type ServerAddress =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'inet'; readonly host: string; readonly port: number };

export interface Server {
  /** The URL as written, for messages. */
  readonly url: string;
  /** Sent only with a user name; null when none was given. */
  readonly credentials: Credentials | null;
}

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** An invalid server URL; the message is the original's. */
export class ServerUrlError extends Error {
  override readonly name = 'ServerUrlError';
}

const defaultPort = 80;

/** The address in `http://host[:port]` or `unix:///path`. Throws ServerUrlError. */
export function parseServerUrl(url: string): ServerAddress {
  if (url.startsWith('unix://')) return { kind: 'unix', path: url.slice('unix://'.length) };
  if (!url.startsWith('http://')) throw new ServerUrlError(`Unknown protocol for serverurl ${url}`);
  const [authority = ''] = url.slice('http://'.length).split(/[/?#]/, 1);
  const hostAndPort = authority.slice(authority.lastIndexOf('@') + 1);
  const [, bracketed, plain = '', port = ''] =
    /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/s.exec(hostAndPort) ?? [];
  const host = (bracketed ?? plain).toLowerCase();
  if (host === '') throw new ServerUrlError(`No host in serverurl ${url}`);
  return { kind: 'inet', host, port: parsePort(port) };
}

/** The value of the Host header. */
export function hostHeader(address: ServerAddress): string {
  if (address.kind === 'unix') return 'localhost';
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return address.port === defaultPort ? host : `${host}:${address.port}`;
}

/** The Authorization header line, or an empty string. */
export function authorizationHeader(credentials: Credentials | null): string {
  if (credentials === null) return '';
  const cookie = Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64');
  return `Authorization: Basic ${cookie}\r\n`;
}

function parsePort(text: string): number {
  if (text === '') return defaultPort;
  if (!/^\d+$/.test(text)) throw new ServerUrlError(`Port could not be cast to integer value as '${text}'`);
  const port = Number(text);
  if (port > 65535) throw new ServerUrlError('Port out of range 0-65535');
  return port;
}
