// The server our own commands connect to: from the command line, else from the configuration.
import { existsSync } from 'node:fs';
import type { Credentials, Server } from '../../client/server-address.ts';
import type { Section } from '../../config/dialect.ts';
import { findConfig, searchPaths } from '../../config/locate-config.ts';
import { calledAs } from '../../config/system-host.ts';
import { isIPv6 } from '../../linux/ip-address.ts';
import { absolutePath, ClientConfig } from '../client-config.ts';

export interface ServerOptions {
  readonly configuration?: string | undefined;
  readonly serverurl?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

const defaultUrl = 'http://localhost:9001';
const defaultPort = '9001';

export interface ChosenServer extends Server {
  /** Printed first if the server cannot be reached; null for none. */
  readonly note: string | null;
}

/**
 * Where the password may come from: supervisorctl reads [supervisorctl] only. Our own commands also read the server's
 * section, which contains it for everyone who may read the file; so `systemctl reload` needs no password in
 * [supervisorctl].
 */
type PasswordSource = 'client section' | 'client or server section';

/** Throws ConfigError. */
export function chooseServer(
  options: ServerOptions,
  source: PasswordSource = 'client or server section',
): ChosenServer {
  const path = options.configuration ?? findConfig(calledAs(), existsSync);
  const configured = path === null ? null : configuredServer(new ClientConfig(path), source);
  const username = options.username ?? configured?.credentials?.username;
  const password = options.password ?? configured?.credentials?.password;
  return {
    url: options.serverurl ?? configured?.url ?? defaultUrl,
    credentials: username === undefined || password === undefined ? null : { username, password },
    note: path === null && options.serverurl === undefined ? searchedInVain() : null,
  };
}

function searchedInVain(): string {
  return `no configuration was found in ${searchPaths(calledAs()).join(', ')} (-c FILE names one)`;
}

/** [supervisorctl] is meant for clients; without it, use the server sections. */
function configuredServer(config: ClientConfig, source: PasswordSource): Server | null {
  const client = config.section('supervisorctl');
  const url = client && config.read(client, 'serverurl', 'here');
  const servers = serversOf(config);
  if (!client || !url) return servers[0] ?? null;
  const named = absoluteUrl(url);
  const own = credentials(config, client);
  if (own !== null || source === 'client section') return { url: named, credentials: own };
  const same = servers.find((server) => spelled(server.url) === spelled(named));
  return { url: named, credentials: same?.credentials ?? null };
}

function serversOf(config: ClientConfig): Server[] {
  const [unix] = config.sectionsStartingWith('unix_http_server');
  const file = unix && config.read(unix, 'file', 'here');
  const [inet] = config.sectionsStartingWith('inet_http_server');
  const port = inet && config.read(inet, 'port', 'env');
  return [
    ...(unix && file
      ? [{ url: `unix://${absolutePath(file)}`, credentials: credentials(config, unix) }]
      : []),
    ...(inet && port ? [{ url: `http://${inetAddress(port)}`, credentials: credentials(config, inet) }] : []),
  ];
}

/** Normalises the different spellings of a URL on this machine. */
function spelled(url: string): string {
  return url.replace(/^http:\/\/localhost(?=[:/]|$)/i, 'http://127.0.0.1').replace(/\/+$/, '');
}

/** A hashed password is usable only by root and the daemon's user, at a unix socket. */
function credentials(config: ClientConfig, section: Section): Credentials | null {
  const username = config.read(section, 'username', 'env');
  const password = config.read(section, 'password', 'env');
  if (!username || password === null) return null;
  const isUseless = password.startsWith('{SHA}') && !section.name.startsWith('unix_http_server');
  return isUseless ? null : { username, password };
}

/** `9001`, `:9001` and `*:9001` are reached at localhost. */
function inetAddress(port: string): string {
  const colon = port.lastIndexOf(':');
  const host = colon < 0 ? '' : port.slice(0, colon).trim();
  const number = port.slice(colon + 1) || defaultPort;
  if (host === '' || host === '*') return `127.0.0.1:${number}`;
  return `${isIPv6(host) ? `[${host}]` : host}:${number}`;
}

function absoluteUrl(url: string): string {
  return url.startsWith('unix://') ? `unix://${absolutePath(url.slice('unix://'.length))}` : url;
}
