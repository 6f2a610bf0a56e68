// The options that programs, FastCGI programs and event listeners share.
import { user } from '../values/accounts.ts';
import { environmentList } from '../values/environment-list.ts';
import {
  autoRestart,
  boolean,
  exitCodes,
  integer,
  nameExpression,
  octal,
  signal,
  text,
} from '../values/scalars.ts';
import { oldLogOptions } from './old-logs.ts';
import { byKey, optional, withDefault } from './option.ts';
import { programExtensions } from './program-extensions.ts';
import { streamOptions } from './stream.ts';

export const programOptions = {
  command: optional('command', text, {
    names: 'process',
    required: true,
    since: '3.0',
    help: {
      en: 'What to run: a program and its arguments. Quotes work as in a shell, nothing else does.',
      zh: '要运行的程序及其参数；引号规则与 shell 相同，其余 shell 语法无效。',
    },
    example: '/bin/cat',
  }),
  processName: withDefault('process_name', nameExpression, '%(program_name)s', {
    names: 'processName',
    expansion: 'unnamed',
    since: '3.0',
    help: {
      en: 'Name of each process. With numprocs above 1 it must contain %(process_num)s or %(process_num)02d.',
      zh: '每个进程的名称；numprocs 大于 1 时必须包含 %(process_num)s 或 %(process_num)02d。',
    },
  }),
  numprocs: withDefault('numprocs', integer, '1', {
    names: 'program',
    since: '3.0',
    help: { en: 'How many processes to run.', zh: '要运行多少个进程。' },
  }),
  numprocsStart: withDefault('numprocs_start', integer, '0', {
    names: 'program',
    since: '3.0',
    help: { en: 'Value of process_num for the first process.', zh: '第一个 process_num。' },
  }),
  priority: withDefault('priority', integer, '999', {
    names: 'here',
    since: '3.0',
    help: {
      en: 'Lower priorities start first and stop last.',
      zh: '数值小的先启动、后停止。',
    },
  }),
  autostart: withDefault('autostart', boolean, 'true', {
    names: 'program',
    since: '3.0',
    help: { en: 'Start together with the daemon.', zh: '随守护进程一起启动。' },
  }),
  autorestart: withDefault('autorestart', autoRestart, 'unexpected', {
    names: 'program',
    since: '3.0',
    help: {
      en: 'Whether to restart after an exit. false: never; true: always; unexpected: only if the exit code is not in exitcodes.',
      zh: '退出后是否重新启动。false：从不；true：总是；unexpected：仅当退出码不在 exitcodes 中。',
    },
  }),
  startsecs: withDefault('startsecs', integer, '1', {
    names: 'program',
    since: '3.0',
    help: {
      en: 'Seconds a process must run to count as started.',
      zh: '进程持续运行多少秒才算启动成功。',
    },
  }),
  startretries: withDefault('startretries', integer, '3', {
    names: 'program',
    since: '3.0',
    help: {
      en: 'How many times a failed start is retried before giving up.',
      zh: '启动失败后再重试多少次才放弃。',
    },
  }),
  stopsignal: withDefault('stopsignal', signal, 'TERM', {
    names: 'program',
    since: '3.0',
    help: { en: 'Signal that asks the program to stop.', zh: '用哪个信号请求程序停止。' },
  }),
  stopwaitsecs: withDefault('stopwaitsecs', integer, '10', {
    names: 'program',
    since: '3.0',
    help: { en: 'Seconds between that signal and SIGKILL.', zh: '从该信号到 SIGKILL 之间的秒数。' },
  }),
  stopasgroup: withDefault('stopasgroup', boolean, 'false', {
    names: 'program',
    since: '3.0b1',
    help: {
      en: 'Send the stop signal to the whole process group. Implies killasgroup.',
      zh: '把停止信号发给整个进程组；同时启用 killasgroup。',
    },
  }),
  killasgroup: optional('killasgroup', boolean, {
    names: 'program',
    since: '3.0a11',
    help: { en: 'Send SIGKILL to the whole process group.', zh: '把 SIGKILL 发给整个进程组。' },
    defaultNote: { en: 'the value of stopasgroup', zh: '与 stopasgroup 相同' },
    example: 'false',
  }),
  killascgroup: withDefault('killascgroup', boolean, 'false', {
    names: 'program',
    since: 'tsupervisor 0.1',
    help: {
      en: 'When the program ends, send SIGKILL to all processes left in its cgroup, including those that daemonised. Requires Delegate=yes.',
      zh: '程序结束时，向其 cgroup 中残留的所有进程（包括自行转入后台的）发送 SIGKILL；需要 Delegate=yes。',
    },
  }),
  exitcodes: withDefault('exitcodes', exitCodes, '0', {
    names: 'program',
    since: '3.0',
    help: { en: 'Exit codes that are expected.', zh: '预期的退出码。' },
  }),
  user: optional('user', user, {
    names: 'program',
    since: '3.0',
    help: {
      en: 'Run as this user, with all of its groups. Requires a daemon running as root.',
      zh: '以该用户（及其全部用户组）的身份运行；需要守护进程以 root 运行。',
    },
    example: 'nobody',
  }),
  redirectStderr: withDefault('redirect_stderr', boolean, 'false', {
    names: 'program',
    since: '3.0',
    help: { en: 'Merge standard error into standard output.', zh: '把标准错误并入标准输出。' },
  }),
  ...byKey(streamOptions.stdout),
  ...byKey(streamOptions.stderr),
  environment: withDefault('environment', environmentList, '', {
    names: 'environment',
    expansion: 'unnamed',
    since: '3.0',
    help: {
      en: 'Environment variables of the program; they override those of [supervisord].',
      zh: '程序的环境变量，覆盖 [supervisord] 中的同名变量。',
    },
    example: 'KEY="value",OTHER="value"',
  }),
  directory: optional('directory', text, {
    names: 'process',
    since: '3.0',
    help: { en: 'Run in this directory.', zh: '在此目录中运行。' },
    example: '/tmp',
  }),
  umask: optional('umask', octal(), {
    names: 'program',
    since: '3.0',
    help: { en: 'File mode creation mask of the program.', zh: '程序的文件权限掩码。' },
    defaultNote: { en: "the daemon's", zh: '与守护进程相同' },
    example: '022',
  }),
  serverurl: withDefault('serverurl', text, 'AUTO', {
    names: 'program',
    since: '3.0',
    help: {
      en: 'SUPERVISOR_SERVER_URL of the program. AUTO: the URL of one of the servers in this configuration; empty: not set.',
      zh: '传给程序的 SUPERVISOR_SERVER_URL。AUTO：本配置中某个服务器的 URL；留空则不设置。',
    },
  }),
  ...oldLogOptions('program'),
  ...programExtensions,
};
