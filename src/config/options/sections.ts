// The whole option table, by kind of section: for documentation, samples, completion and `check`.
import type { Bilingual } from '../config.ts';
import { eventListenerOptions, fastCgiOptions, groupOptions } from './group.ts';
import type { OptionDescription } from './option.ts';
import { programOptions } from './program.ts';
import {
  ctlPluginOptions,
  includeOptions,
  inetServerOptions,
  rpcInterfaceOptions,
  supervisorctlOptions,
  unixServerOptions,
} from './servers.ts';
import { supervisordOptions } from './supervisord.ts';

export interface SectionKind {
  /** `supervisord`, `program:`; `match` determines how a section's name is compared. */
  readonly name: string;
  /** `prefix`: the rest of the section name is the program's name, or is ignored. */
  readonly match: 'exact' | 'prefix';
  /** Name used in samples. */
  readonly sample: string;
  readonly help: Bilingual;
  readonly options: readonly OptionDescription[];
  /** The section accepts keys besides those of the table. */
  readonly open?: boolean;
}

export const sectionKinds: readonly SectionKind[] = [
  {
    name: 'supervisord',
    match: 'exact',
    sample: 'supervisord',
    help: { en: 'The daemon itself. Required.', zh: '守护进程自身；必需。' },
    options: Object.values(supervisordOptions),
  },
  {
    name: 'unix_http_server',
    match: 'prefix',
    sample: 'unix_http_server',
    help: {
      en: 'A unix socket for supervisorctl and other clients. There may be several.',
      zh: '供 supervisorctl 等客户端使用的 unix 套接字；可以有多个。',
    },
    options: Object.values(unixServerOptions),
  },
  {
    name: 'inet_http_server',
    match: 'prefix',
    sample: 'inet_http_server',
    help: {
      en: 'A TCP port for clients and browsers. There may be several. Protect it with a password.',
      zh: '供客户端和浏览器使用的 TCP 端口；可以有多个。请用密码保护。',
    },
    options: Object.values(inetServerOptions),
  },
  {
    name: 'rpcinterface:',
    match: 'prefix',
    sample: 'rpcinterface:supervisor',
    help: {
      en: 'The interface that supervisorctl uses; supervisorctl does not work without it.',
      zh: 'supervisorctl 使用的接口；要使用 supervisorctl，必须有此配置节。',
    },
    options: Object.values(rpcInterfaceOptions),
    open: true,
  },
  {
    name: 'supervisorctl',
    match: 'exact',
    sample: 'supervisorctl',
    help: { en: 'The command line client.', zh: '命令行客户端。' },
    options: Object.values(supervisorctlOptions),
  },
  {
    name: 'program:',
    match: 'prefix',
    sample: 'program:theprogramname',
    help: { en: 'A program to run.', zh: '要运行的程序。' },
    options: Object.values(programOptions),
  },
  {
    name: 'group:',
    match: 'prefix',
    sample: 'group:thegroupname',
    help: { en: 'Programs that are controlled together.', zh: '作为整体对待的一组程序。' },
    options: Object.values(groupOptions),
  },
  {
    name: 'eventlistener:',
    match: 'prefix',
    sample: 'eventlistener:theeventlistenername',
    help: {
      en: 'A program that receives events on its standard input. Accepts all options of a program.',
      zh: '通过标准输入接收事件通知的程序；可用程序的所有选项。',
    },
    options: Object.values({ ...eventListenerOptions, ...programOptions, ...eventListenerOptions }),
  },
  {
    name: 'fcgi-program:',
    match: 'prefix',
    sample: 'fcgi-program:thefcgiprogramname',
    help: {
      en: 'FastCGI processes that share a listening socket. Accepts all options of a program.',
      zh: '共享一个监听套接字的 FastCGI 进程；可用程序的所有选项。',
    },
    options: Object.values({ ...fastCgiOptions, ...programOptions, ...fastCgiOptions }),
  },
  {
    name: 'include',
    match: 'exact',
    sample: 'include',
    help: {
      en: 'Other files to read. Included files cannot include further files.',
      zh: '还要读取的其他文件；被包含的文件不能再包含。',
    },
    options: Object.values(includeOptions),
  },
  {
    name: 'ctlplugin:',
    match: 'prefix',
    sample: 'ctlplugin:thepluginname',
    help: { en: 'A plugin of supervisorctl.', zh: 'supervisorctl 的插件。' },
    options: Object.values(ctlPluginOptions),
    open: true,
  },
];

/** The kind of section for a name as written; null if unknown. */
export function kindOfSection(name: string): SectionKind | null {
  return (
    sectionKinds.find((kind) => (kind.match === 'exact' ? kind.name === name : name.startsWith(kind.name))) ??
    null
  );
}
