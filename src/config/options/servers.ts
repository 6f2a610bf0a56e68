// The options of the HTTP servers, of [supervisorctl], of [include], and of the sections that name plugins.
import { owner, users } from '../values/accounts.ts';
import { hostNames, inetAddress } from '../values/addresses.ts';
import { absolutePath } from '../values/paths.ts';
import { octal, text } from '../values/scalars.ts';
import { optional, withDefault } from './option.ts';

const username = optional('username', text, {
  names: 'env',
  since: '3.0',
  help: { en: 'User name; requires password=.', zh: '用户名；须同时设置 password=。' },
  example: 'user',
});

const password = optional('password', text, {
  names: 'env',
  since: '3.0',
  help: {
    en: 'Password, or {SHA} followed by its SHA-1 in hexadecimal; requires username=. A literal percent sign is written %%.',
    zh: '密码，或 {SHA} 加其 SHA-1 的十六进制值；须同时设置 username=。百分号写作 %%。',
  },
  example: '123',
});

const allowedHosts = withDefault('allowed_hosts', hostNames, '', {
  names: 'env',
  since: 'tsupervisor 0.1',
  help: {
    en: "Host names that browsers may use for this server besides the machine's own, for example behind a proxy. Without a password, requests for any other name are refused; pages of other sites can never change anything.",
    zh: '除本机自己的名称外，浏览器还可用哪些主机名访问此服务器（例如经过反向代理时）。未设密码时，以其他名称发来的请求会被拒绝；其他网站的页面始终不能做任何更改。',
  },
  example: 'supervisor.example.com',
});

export const inetServerOptions = {
  port: optional('port', inetAddress, {
    names: 'env',
    required: true,
    since: '3.0',
    help: {
      en: 'Where to listen: host:port. Without host or with *: on all interfaces.',
      zh: '监听地址 host:port；省略 host 或写 * 表示所有网络接口。',
    },
    example: '127.0.0.1:9001',
  }),
  username,
  password,
  allowedHosts,
};

export const unixServerOptions = {
  file: optional('file', absolutePath, {
    names: 'here',
    required: true,
    since: '3.0',
    help: { en: 'The socket file.', zh: '套接字文件。' },
    example: '/tmp/supervisor.sock',
  }),
  chmod: withDefault(
    'chmod',
    octal((value) => `Invalid chmod value ${value}`),
    '0700',
    {
      names: 'env',
      since: '3.0',
      help: { en: 'Its mode.', zh: '套接字文件的权限。' },
    },
  ),
  chown: optional('chown', owner('sockchown'), {
    names: 'env',
    since: '3.0',
    help: { en: 'Its owner: user or user:group.', zh: '套接字文件的所有者：user 或 user:group。' },
    example: 'root:root',
  }),
  allowedUsers: optional('allowed_users', users, {
    names: 'env',
    since: 'tsupervisor 0.1',
    help: {
      en: "Users that may connect besides root and the daemon's user, identified by the kernel. All others are refused, whatever the mode allows.",
      zh: '除 root 与守护进程所属用户外，还允许哪些用户连接（由内核识别）；其他用户无论套接字权限如何都会被拒绝。',
    },
    example: 'nobody',
  }),
  username,
  password,
  allowedHosts,
};

export const supervisorctlOptions = {
  serverurl: withDefault('serverurl', text, 'http://localhost:9001', {
    names: 'here',
    since: '3.0',
    help: {
      en: 'Where the daemon is: http://host:port or unix:///path.',
      zh: '守护进程的地址：http://host:port 或 unix:///路径。',
    },
  }),
  username: optional('username', text, {
    names: 'env',
    since: '3.0',
    help: { en: "Same as in the server's section.", zh: '与服务器配置节中的相同。' },
    example: 'user',
  }),
  password: optional('password', text, {
    names: 'env',
    since: '3.0',
    help: {
      en: "In clear text, even if the server's section has its SHA-1.",
      zh: '明文密码，即使服务器配置节中写的是 SHA-1。',
    },
    example: '123',
  }),
  prompt: withDefault('prompt', text, 'supervisor', {
    names: 'env',
    since: '3.0',
    help: { en: 'What the shell shows before "> ".', zh: '交互界面提示符“> ”之前显示的文字。' },
  }),
  historyFile: optional('history_file', absolutePath, {
    names: 'here',
    since: '3.0a5',
    help: { en: 'Where the shell keeps its history.', zh: '交互界面保存历史命令的文件。' },
    example: '~/.sc_history',
  }),
};

export const includeOptions = {
  files: optional('files', text, {
    names: 'include',
    required: true,
    since: '3.0a4',
    help: {
      en: 'Files to read as well, separated by spaces, relative to this file; * ? [...] are wildcards.',
      zh: '还要读取的文件，以空白分隔，可用通配符 * ? [...]；相对于本文件。',
    },
    example: 'supervisord.d/*.ini',
  }),
};

/** The factory named in every sample configuration; it stands for the built-in interface. */
export const standardRpcInterface = 'supervisor.rpcinterface:make_main_rpcinterface';

export const rpcInterfaceOptions = {
  factory: optional('supervisor.rpcinterface_factory', text, {
    names: 'env',
    required: true,
    since: '3.0',
    help: {
      en: `Factory of the RPC interface. Only ${standardRpcInterface} is built in; others are skipped with a warning.`,
      zh: `接口的工厂函数；只内置 ${standardRpcInterface}，其他的会被跳过并给出警告。`,
    },
    example: standardRpcInterface,
  }),
};

export const ctlPluginOptions = {
  factory: optional('supervisor.ctl_factory', text, {
    names: 'env',
    required: true,
    since: '3.0a7',
    help: {
      en: 'Factory of the plugin. Plugins written in Python are skipped with a warning.',
      zh: '插件的工厂函数；用 Python 编写的插件会被跳过并给出警告。',
    },
    example: 'package.module:function',
  }),
};
