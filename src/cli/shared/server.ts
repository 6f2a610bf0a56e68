// Which server our own commands talk to: the one named on the command line, else what the configuration tells.
import { existsSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import type { Credentials, Server } from '../../client/server-address.ts';
import type { Section } from '../../config/dialect.ts';
import { findConfig } from '../../config/locate-config.ts';
import { calledAs } from '../../config/system-host.ts';
import { absolutePath, ClientConfig } from '../client-config.ts';

export interface ServerOptions {
  readonly configuration?: string | undefined;
  readonly serverurl?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

const DEFAULT_URL = 'http://localhost:9001';
const DEFAULT_PORT = '9001';

/** Throws ConfigError. */
export function chooseServer(options: ServerOptions): Server {
  const path = options.configuration ?? findConfig(calledAs(), existsSync);
  const configured = path === null ? null : configuredServer(new ClientConfig(path));
  const username = options.username ?? configured?.credentials?.username;
  const password = options.password ?? configured?.credentials?.password;
  return {
    url: options.serverurl ?? configured?.url ?? DEFAULT_URL,
    credentials: username === undefined || password === undefined ? null : { username, password },
  };
}

/** [supervisorctl] is meant for clients; without it the servers themselves say where they are. */
function configuredServer(config: ClientConfig): Server | null {
  const client = config.section('supervisorctl');
  const url = client && config.read(client, 'serverurl', 'here');
  if (client && url) return { url: absoluteUrl(url), credentials: credentials(config, client) };
  const [unix] = config.sectionsStartingWith('unix_http_server');
  const file = unix && config.read(unix, 'file', 'here');
  if (unix && file) return { url: `unix://${absolutePath(file)}`, credentials: credentials(config, unix) };
  const [inet] = config.sectionsStartingWith('inet_http_server');
  const port = inet && config.read(inet, 'port', 'env');
  if (inet && port) return { url: `http://${inetAddress(port)}`, credentials: credentials(config, inet) };
  return null;
}

/** A hashed password is of no use to a client. */
function credentials(config: ClientConfig, section: Section): Credentials | null {
  const username = config.read(section, 'username', 'env');
  const password = config.read(section, 'password', 'env');
  if (!username || password === null || password.startsWith('{SHA}')) return null;
  return { username, password };
}

/** `9001`, `:9001` and `*:9001` are reached at this machine. */
function inetAddress(port: string): string {
  const colon = port.lastIndexOf(':');
  const host = colon < 0 ? '' : port.slice(0, colon).trim();
  const number = port.slice(colon + 1) || DEFAULT_PORT;
  if (host === '' || host === '*') return `127.0.0.1:${number}`;
  return `${isIPv6(host) ? `[${host}]` : host}:${number}`;
}

function absoluteUrl(url: string): string {
  return url.startsWith('unix://') ? `unix://${absolutePath(url.slice('unix://'.length))}` : url;
}
