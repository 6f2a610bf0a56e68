// The HTTP servers, and the sections that name factories of RPC interfaces.
import { ConfigError, type RpcInterfaceConfig, type ServerConfig } from './config.ts';
import type { IniDocument, Section } from './dialect.ts';
import {
  inetServerOptions,
  rpcInterfaceOptions,
  standardRpcInterface,
  unixServerOptions,
} from './options/servers.ts';
import type { SectionReader } from './section-reader.ts';
import { unchanged } from './values/accounts.ts';

type Readers = (section: Section) => SectionReader;

/** All inet servers in file order, then all unix servers. */
export function readServers(document: IniDocument, readerOf: Readers): ServerConfig[] {
  const inet = document.sectionsStartingWith('inet_http_server');
  const unix = document.sectionsStartingWith('unix_http_server');
  return [
    ...inet.flatMap((section) => readInetServer(readerOf(section)) ?? []),
    ...unix.flatMap((section) => readUnixServer(readerOf(section)) ?? []),
  ];
}

function readInetServer(reader: SectionReader): ServerConfig | null {
  const { name: section } = reader.section;
  const credentials = readCredentials(reader);
  const address = reader.read(inetServerOptions.port);
  if (address === null) {
    if (!reader.setting(inetServerOptions.port))
      reader.complain(inetServerOptions.port, `section [${section}] has no port value`);
    return null;
  }
  const allowedHosts = reader.read(inetServerOptions.allowedHosts);
  return { kind: 'inet', section, ...address, credentials, allowedHosts };
}

function readUnixServer(reader: SectionReader): ServerConfig | null {
  const { name: section } = reader.section;
  const path = reader.read(unixServerOptions.file);
  if (path === null && !reader.setting(unixServerOptions.file))
    reader.complain(unixServerOptions.file, `section [${section}] has no file value`);
  const credentials = readCredentials(reader);
  const owner = reader.read(unixServerOptions.chown) ?? unchanged;
  const mode = reader.read(unixServerOptions.chmod);
  const allowedUids = reader.read(unixServerOptions.allowedUsers);
  const allowedHosts = reader.read(unixServerOptions.allowedHosts);
  return path === null
    ? null
    : { kind: 'unix', section, path, mode, owner, allowedUids, credentials, allowedHosts };
}

/** Both empty, or an empty user name: no password required. */
function readCredentials(reader: SectionReader): ServerConfig['credentials'] {
  const username = reader.read(inetServerOptions.username);
  const password = reader.read(inetServerOptions.password);
  if ((username === null) !== (password === null))
    reader.problems.report(
      new ConfigError(
        `Section [${reader.section.name}] contains incomplete authentication: If a username or a password` +
          ' is specified, both the username and password must be specified',
        (reader.setting(inetServerOptions.username) ?? reader.setting(inetServerOptions.password))
          ?.position ?? null,
      ),
    );
  return username === null || username === '' || password === null ? null : { username, password };
}

/** Interfaces that are not built in are skipped, with a line in `warnings`. */
export function readRpcInterfaces(
  document: IniDocument,
  readerOf: Readers,
  warnings: string[],
): RpcInterfaceConfig[] {
  return document.sectionsStartingWith('rpcinterface:').flatMap((section) => {
    const reader = readerOf(section);
    const factory = reader.read(rpcInterfaceOptions.factory);
    if (factory === null) {
      reader.complain(
        rpcInterfaceOptions.factory,
        `section [${section.name}] does not specify a ${rpcInterfaceOptions.factory.key}`,
      );
      return [];
    }
    const options = reader.readOthers(rpcInterfaceOptions.factory);
    if (factory === standardRpcInterface)
      return [{ name: section.name.slice('rpcinterface:'.length), factory, options }];
    warnings.push(
      `For [${section.name}], RPC interface factory ${factory} cannot be loaded:` +
        ` only ${standardRpcInterface} is built in, the section is ignored`,
    );
    return [];
  });
}
