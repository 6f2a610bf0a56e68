// Servers that are unusable, that clients look for elsewhere, or that are open to everyone.
import { isIP } from '../../linux/ip-address.ts';
import type { InetServerConfig, ServerConfig } from '../config.ts';
import type { Diagnostic } from '../diagnostic.ts';
import type { Section } from '../dialect.ts';
import { asConfigError, throwFirst } from '../error-sink.ts';
import type { ConfigHost } from '../host.ts';
import { supervisorctlOptions } from '../options/servers.ts';
import { SectionReader } from '../section-reader.ts';
import { directoryOf, toAbsolute } from '../values/paths.ts';
import { aboutSection, aboutSetting, type Suspect } from './suspect.ts';

export function suspiciousServers(suspect: Suspect): Diagnostic[] {
  return [...withoutInterface(suspect), ...openToAll(suspect), ...elsewhere(suspect)];
}

function withoutInterface({ document, config }: Suspect): Diagnostic[] {
  const [server] = config.servers;
  const section = server && document.sections.get(server.section);
  if (!section || config.rpcInterfaces.some(({ name }) => name === 'supervisor')) return [];
  return [
    aboutSection(
      section,
      {
        en: '[rpcinterface:supervisor] is missing, so supervisorctl does not work',
        zh: '没有 [rpcinterface:supervisor] 一节，supervisorctl 将无法使用',
      },
      {
        en: '[rpcinterface:supervisor] with supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface',
        zh: '加上 [rpcinterface:supervisor] 和 supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface',
      },
    ),
  ];
}

/** Judges addresses only, since a name may resolve to this machine alone. */
function openToAll({ document, config }: Suspect): Diagnostic[] {
  return config.servers.flatMap((server) => {
    if (server.kind !== 'inet' || server.credentials !== null || !isPublic(server.host)) return [];
    const section = document.sections.get(server.section);
    const setting = section && document.setting(section, 'port');
    if (!section || !setting) return [];
    return [
      aboutSetting(
        section,
        setting,
        {
          en: 'no password: everyone who can reach this port can start and stop programs',
          zh: '没有密码：任何能访问此端口的人都可以启动和停止程序',
        },
        {
          en: `port=127.0.0.1:${server.port}, or username= and password=`,
          zh: `写 port=127.0.0.1:${server.port}，或设置 username= 和 password=`,
        },
      ),
    ];
  });
}

function isPublic(host: string): boolean {
  const address = unbracketed(host);
  if (address === '') return true;
  return isIP(address) && !isLoopback(address);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || /^127\./.test(host) || host === '::1';
}

function elsewhere(suspect: Suspect): Diagnostic[] {
  const { document, config, host } = suspect;
  const section = document.sections.get('supervisorctl');
  if (!section || config.servers.length === 0) return [];
  const setting = document.setting(section, supervisorctlOptions.serverurl.key);
  const url = urlIn(section, suspect);
  if (url === null || isServed(url, config.servers, host)) return [];
  const message = {
    en: `supervisorctl connects to ${url}, but this configuration has no such server`,
    zh: `supervisorctl 会连接 ${url}，但此配置中没有这个服务器`,
  };
  const right = urlOf(config.servers);
  const remedy = { en: `serverurl=${right}`, zh: `serverurl=${right}` };
  return [setting ? aboutSetting(section, setting, message, remedy) : aboutSection(section, message, remedy)];
}

/** Null if it cannot be parsed, which supervisord ignores. */
function urlIn(section: Section, { document, host, knowledge }: Suspect): string | null {
  try {
    return new SectionReader(document, section, host, throwFirst, knowledge).read(
      supervisorctlOptions.serverurl,
    );
  } catch (error) {
    asConfigError(error);
    return null;
  }
}

/** Also true for a server on another machine. */
function isServed(url: string, servers: readonly ServerConfig[], host: ConfigHost): boolean {
  if (url.startsWith('unix://')) {
    const path = toAbsolute(url.slice('unix://'.length), host);
    return servers.some((server) => server.kind === 'unix' && isSamePath(path, server.path, host));
  }
  const [, name = '', port = '80'] =
    /^https?:\/\/(?:[^@/]*@)?(\[[^\]]*\]|[^:/]*)(?::(\d+))?/i.exec(url) ?? [];
  const wanted = unbracketed(name.toLowerCase());
  const isHere = isLoopback(wanted) || wanted === '0.0.0.0' || wanted === '';
  if (!isHere) return true;
  return servers.some(
    (server) => server.kind === 'inet' && server.port === Number(port) && answersLocally(server),
  );
}

/** Whether clients reach it at the loopback address; a name may resolve to it. */
function answersLocally({ host }: InetServerConfig): boolean {
  const address = unbracketed(host);
  return !isIP(address) || isLoopback(address) || address === '0.0.0.0' || address === '::';
}

/** Also true if a directory has two names, such as /run and /var/run. */
function isSamePath(one: string, other: string, host: ConfigHost): boolean {
  if (one === other) return true;
  if (nameIn(one) !== nameIn(other)) return false;
  const [first, second] = [host.factsOf(directoryOf(one)), host.factsOf(directoryOf(other))];
  const runs = (path: string): string => path.replace(/^\/var\/run\//, '/run/');
  if (typeof first === 'string' || typeof second === 'string') return runs(one) === runs(other);
  return first.identity === second.identity;
}

function nameIn(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function urlOf(servers: readonly ServerConfig[]): string {
  const server = servers.find(({ kind }) => kind === 'unix') ?? servers[0];
  if (server === undefined) return '';
  if (server.kind === 'unix') return `unix://${server.path}`;
  const name = server.host === '' || server.host === '0.0.0.0' ? '127.0.0.1' : server.host;
  return `http://${name}:${server.port}`;
}

function unbracketed(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}
