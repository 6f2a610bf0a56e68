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
      en: "The daemon's own log. The word syslog sends it to syslog, journal to systemd's journal (a file of that name is ./journal).",
      zh: '守护进程自身的日志文件；写 syslog 则发送到 syslog，写 journal 则发送到 systemd 日志（同名文件请写 ./journal）。',
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
      en: 'How many rotated logs are kept. 0 means the log is emptied instead.',
      zh: '保留多少个已轮转的日志；0 表示直接清空日志。',
    },
  }),
  ...oldLogOptions('here'),
  logfileTimestamp: withDefault('logfile_timestamp', timestamp, 'true', {
    names: 'here',
    since: 'tsupervisor 0.1',
    help: {
      en: 'Begin every line with the time. A format is written with %% for each percent sign.',
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
    help: { en: 'What is worth a line in the log.', zh: '写入日志的最低级别。' },
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
      en: 'How many file descriptors the daemon needs at least; it refuses to start with fewer.',
      zh: '守护进程至少需要的文件描述符数量；不足则拒绝启动。',
    },
  }),
  minprocs: withDefault('minprocs', integer, '200', {
    names: 'here',
    since: '3.0',
    help: {
      en: 'How many processes the daemon must be allowed to have at least.',
      zh: '守护进程至少应被允许拥有的进程数量。',
    },
  }),
  nocleanup: withDefault('nocleanup', boolean, 'false', {
    names: 'here',
    since: '3.0',
    help: {
      en: 'Keep automatic log files of earlier runs instead of deleting them at start.',
      zh: '启动时保留以前运行留下的自动日志文件，而不是删除。',
    },
  }),
  childlogdir: optional('childlogdir', existingDirectory, {
    names: 'here',
    since: '3.0',
    help: { en: 'Where automatic log files of programs are created.', zh: '程序的自动日志文件所在的目录。' },
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
        en: 'Become this user (name or number) before doing anything else.',
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
      en: 'Remove ANSI escape sequences from what programs write into their logs.',
      zh: '从程序写入日志的内容中去掉 ANSI 转义序列。',
    },
  }),
  environment: withDefault('environment', environmentList, '', {
    names: 'here',
    expansion: 'twice',
    since: '3.0',
    help: {
      en: 'Variables for every program, and names %(ENV_KEY)s for the sections read after this one.',
      zh: '提供给每个程序的环境变量；其后读取的各节也可用 %(ENV_KEY)s 引用。',
    },
    example: 'KEY="value",OTHER="value"',
  }),
  identifier: withDefault('identifier', text, 'supervisor', {
    names: 'here',
    since: '3.0',
    help: {
      en: 'Names this daemon in events, in RPC and in automatic log files.',
      zh: '在事件、RPC 和自动日志文件名中标识本守护进程。',
    },
  }),
};
