// The options of [group:x], and those of FastCGI programs and event listeners in addition to a program's.
import { standardHandlerName } from '../../events/result-handler.ts';
import { owner, user } from '../values/accounts.ts';
import { fastCgiSocket } from '../values/addresses.ts';
import { eventNames } from '../values/events.ts';
import { boolean, integer, list, octal, text } from '../values/scalars.ts';
import { optional, withDefault } from './option.ts';

export const groupOptions = {
  programs: withDefault('programs', list, '', {
    names: 'here',
    since: '3.0',
    help: {
      en: 'Programs and FastCGI programs of the group. They no longer form groups of their own.',
      zh: '组内的程序和 FastCGI 程序；它们不再单独成组。',
    },
    example: 'theprogramname',
  }),
  priority: withDefault('priority', integer, '999', {
    names: 'here',
    since: '3.0',
    help: { en: 'Groups with lower priorities start first and stop last.', zh: '数值小的组先启动、后停止。' },
  }),
};

export const eventListenerOptions = {
  events: optional('events', eventNames, {
    names: 'here',
    required: true,
    since: '3.0',
    help: { en: 'Events to which the listener subscribes.', zh: '监听器订阅的事件。' },
    example: 'PROCESS_STATE',
  }),
  bufferSize: withDefault('buffer_size', integer, '10', {
    names: 'here',
    since: '3.0',
    help: {
      en: 'Length of the event queue; when it is full, the oldest event is dropped.',
      zh: '事件队列的长度；队列满时丢弃最早的事件。',
    },
  }),
  resultHandler: withDefault('result_handler', text, standardHandlerName, {
    names: 'here',
    since: '3.0a4',
    help: {
      en: "Function that evaluates the results. Besides the standard one, `supervisor_stdout:event_handler` is built in: it prints the output of programs on supervisord's standard output. With any other, every well-formed result is accepted.",
      zh: '处理返回结果的函数。除标准处理函数外，还内置 `supervisor_stdout:event_handler`：把程序的输出打印到 supervisord 的标准输出。使用其他处理函数时，格式正确的结果一律视为接受。',
    },
  }),
  redirectStderr: withDefault('redirect_stderr', boolean, 'false', {
    names: 'here',
    since: '3.0',
    help: {
      en: 'Must be false: standard output carries the protocol.',
      zh: '必须为 false：标准输出用于通信协议。',
    },
  }),
  priority: withDefault('priority', integer, '-1', {
    names: 'here',
    since: '3.0',
    help: {
      en: 'Lower priorities start first and stop last.',
      zh: '数值小的先启动、后停止。',
    },
    defaultNote: { en: 'for the pool; 999 for its processes', zh: '对监听器池而言；其进程为 999' },
  }),
};

export const fastCgiOptions = {
  socket: optional(
    'socket',
    { ...text, expects: fastCgiSocket.expects },
    {
      names: 'socket',
      required: true,
      since: '3.0a7',
      help: {
        en: 'Socket that all processes share as file descriptor 0: unix:///path or tcp://host:port.',
        zh: '所有进程以文件描述符 0 共享的套接字：unix:///路径 或 tcp://主机:端口。',
      },
      example: 'unix:///tmp/program.sock',
    },
  ),
  backlog: optional('socket_backlog', integer, {
    names: 'here',
    since: '3.4.0',
    help: { en: 'Maximum number of connections waiting to be accepted.', zh: '等待接受的连接数量上限。' },
    defaultNote: { en: "the system's maximum", zh: '系统允许的最大值' },
    example: '128',
  }),
  owner: optional('socket_owner', owner('socket_owner'), {
    names: 'here',
    since: '3.0a8',
    help: {
      en: 'Owner of a unix socket: user or user:group.',
      zh: 'unix 套接字的所有者：user 或 user:group。',
    },
    defaultNote: { en: 'user and its group, if user= is set', zh: '若设置了 user=，则为该用户及其主组' },
    example: 'nobody',
  }),
  mode: optional(
    'socket_mode',
    octal((value) => `Invalid socket_mode value ${value}`),
    {
      names: 'here',
      since: '3.0a8',
      help: { en: 'File mode of a unix socket.', zh: 'unix 套接字的文件权限。' },
      defaultNote: { en: '0700', zh: '0700' },
      example: '0700',
    },
  ),
  user: optional('user', user, {
    names: 'here',
    since: '3.0a7',
    help: {
      en: 'Run as this user, with all of its groups. Requires a daemon running as root.',
      zh: '以该用户（及其全部用户组）的身份运行；需要守护进程以 root 运行。',
    },
    example: 'nobody',
  }),
};
