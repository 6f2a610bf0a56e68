// The options of [supervisord].
import { user } from '../values/accounts.ts';
import { environmentList } from '../values/environment-list.ts';
import { lineFormat, timestamp } from '../values/logs.ts';
import { absoluteFileInDirectory, existingDirectory, mainLogFile } from '../values/paths.ts';
import { boolean, byteSize, integer, logLevel, octal, text } from '../values/scalars.ts';
import { oldLogOptions } from './old-logs.ts';
import { optional, withDefault } from './option.ts';

export const supervisordOptions = {
  logfile: withDefault('logfile', mainLogFile, 'supervisord.log', {
    names: 'here',
    since: '3.0',
    help: {
      en: "The daemon's own log: a file, syslog, or journal for systemd's journal (for a file of that name, write ./journal).",
      zh: '守护进程自身的日志：文件、syslog，或 journal（systemd 的 journal；同名文件请写 ./journal）。',
    },
    defaultNote: { en: 'in the working directory', zh: '位于当前工作目录' },
  }),
  logfileMaxBytes: withDefault('logfile_maxbytes', byteSize, '50MB', {
    names: 'here',
    since: '3.0',
    help: {
      en: 'The log is rotated when it reaches this size. 0 means never.',
      zh: '日志达到此大小时轮转；0 表示从不轮转。',
    },
  }),
  logfileBackups: withDefault('logfile_backups', integer, '10', {
    names: 'here',
    since: '3.0',
    help: {
      en: 'How many rotated logs are kept. 0: the log is truncated instead.',
      zh: '保留多少个已轮转的日志；0 表示直接清空日志。',
    },
  }),
  ...oldLogOptions('here'),
  logfileTimestamp: withDefault('logfile_timestamp', timestamp, 'true', {
    names: 'here',
    since: 'tsupervisor 0.1',
    help: {
      en: 'Prefix every line with the time. In a format, each percent sign is written %%.',
      zh: '在每行开头写上时间。自定义格式中的每个百分号写作 %%。',
    },
  }),
  logfileFormat: withDefault('logfile_format', lineFormat, 'raw', {
    names: 'here',
    since: 'tsupervisor 0.1',
    help: {
      en: 'Write each message as text, as a JSON object, or as key=value pairs (logfmt).',
      zh: '每条消息写成文本、JSON 对象或 key=value（logfmt）。',
    },
  }),
  loglevel: withDefault('loglevel', logLevel, 'info', {
    names: 'here',
    since: '3.0',
    help: { en: 'Lowest level that is logged.', zh: '写入日志的最低级别。' },
  }),
  pidfile: withDefault('pidfile', absoluteFileInDirectory, 'supervisord.pid', {
    names: 'here',
    since: '3.0',
    help: { en: "The file that holds the daemon's process id.", zh: '保存守护进程进程号的文件。' },
    defaultNote: { en: 'in the working directory', zh: '位于当前工作目录' },
  }),
  umask: withDefault('umask', octal(), '022', {
    names: 'here',
    since: '3.0',
    help: {
      en: 'File mode creation mask of the daemon when it goes into the background.',
      zh: '守护进程转入后台时使用的文件权限掩码。',
    },
  }),
  nodaemon: withDefault('nodaemon', boolean, 'false', {
    names: 'here',
    since: '3.0',
    help: { en: 'Stay in the foreground.', zh: '保持在前台运行。' },
  }),
  silent: withDefault('silent', boolean, 'false', {
    names: 'here',
    since: '4.2.0',
    help: {
      en: 'In the foreground, do not copy the log to standard output.',
      zh: '在前台运行时不把日志复制到标准输出。',
    },
  }),
  minfds: withDefault('minfds', integer, '1024', {
    names: 'here',
    since: '3.0',
    help: {
      en: 'Minimum number of file descriptors; with fewer, the daemon refuses to start.',
      zh: '文件描述符数量的下限；不足则守护进程拒绝启动。',
    },
  }),
  minprocs: withDefault('minprocs', integer, '200', {
    names: 'here',
    since: '3.0',
    help: {
      en: 'Minimum number of processes; if fewer are allowed, the daemon refuses to start.',
      zh: '进程数量的下限；若系统允许的更少，守护进程拒绝启动。',
    },
  }),
  nocleanup: withDefault('nocleanup', boolean, 'false', {
    names: 'here',
    since: '3.0',
    help: {
      en: 'Keep automatically named log files (AUTO) of earlier runs instead of deleting them at start.',
      zh: '启动时保留以前运行留下的自动命名的日志文件（AUTO），而不是删除。',
    },
  }),
  childlogdir: optional('childlogdir', existingDirectory, {
    names: 'here',
    since: '3.0',
    help: {
      en: 'Directory for automatically named log files (AUTO) of programs.',
      zh: '程序的自动命名的日志文件（AUTO）所在的目录。',
    },
    defaultNote: { en: 'the directory for temporary files', zh: '临时文件目录' },
    example: '/tmp',
  }),
  user: optional(
    'user',
    { ...text, expects: user.expects },
    {
      names: 'here',
      since: '3.0',
      help: {
        en: 'Switch to this user (name or number) before doing anything else.',
        zh: '先切换为该用户（名称或编号），再做其他事情。',
      },
      example: 'nobody',
    },
  ),
  directory: optional('directory', existingDirectory, {
    names: 'here',
    since: '3.0',
    help: {
      en: 'Change to this directory when going into the background.',
      zh: '转入后台时切换到此目录。',
    },
    example: '/tmp',
  }),
  stripAnsi: withDefault('strip_ansi', boolean, 'false', {
    names: 'here',
    since: '3.0',
    help: {
      en: 'Remove ANSI escape sequences from the logs of programs.',
      zh: '从程序的日志中去掉 ANSI 转义序列。',
    },
  }),
  environment: withDefault('environment', environmentList, '', {
    names: 'here',
    expansion: 'twice',
    since: '3.0',
    help: {
      en: 'Environment variables of every program, also available as %(ENV_KEY)s in the sections read after this one.',
      zh: '提供给每个程序的环境变量；其后读取的各节也可用 %(ENV_KEY)s 引用。',
    },
    example: 'KEY="value",OTHER="value"',
  }),
  identifier: withDefault('identifier', text, 'supervisor', {
    names: 'here',
    since: '3.0',
    help: {
      en: 'Identifies this daemon in events, RPC and the names of AUTO log files.',
      zh: '在事件、RPC 和 AUTO 日志的文件名中标识本守护进程。',
    },
  }),
  exitWhenDone: withDefault('exit_when_done', boolean, 'false', {
    names: 'here',
    since: 'tsupervisor 0.1',
    help: {
      en: 'Exit when the last program has ended, with the first exit code that was not expected, else 0. For containers and CI jobs.',
      zh: '最后一个程序结束后守护进程退出，退出码为第一个非预期的退出码，否则为 0；适用于容器和 CI 任务。',
    },
  }),
};
