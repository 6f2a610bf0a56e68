// The options of a process's two output streams, the same for both.
import { childLogFile } from '../values/paths.ts';
import { boolean, byteSize, integer } from '../values/scalars.ts';
import { withDefault } from './option.ts';

type Channel = 'stdout' | 'stderr';

const streams = {
  stdout: { en: 'standard output', zh: '标准输出' },
  stderr: { en: 'standard error', zh: '标准错误' },
};

function logfile(channel: Channel) {
  return withDefault(`${channel}_logfile`, childLogFile, 'AUTO', {
    names: 'process',
    expansion: 'twice',
    since: '3.0',
    help: {
      en: `Where ${streams[channel].en} goes. AUTO: a file of our choice in childlogdir, deleted at the next start. NONE: nowhere.`,
      zh: `${streams[channel].zh}写到哪里。AUTO：childlogdir 中自动命名的文件，下次启动时删除；NONE：不记录。`,
    },
  });
}

function logfileMaxBytes(channel: Channel) {
  return withDefault(`${channel}_logfile_maxbytes`, byteSize, '50MB', {
    names: 'process',
    since: '3.0',
    help: {
      en: 'The log is rotated when it reaches this size. 0 means never.',
      zh: '日志达到此大小时轮转；0 表示从不轮转。',
    },
  });
}

function logfileBackups(channel: Channel) {
  return withDefault(`${channel}_logfile_backups`, integer, '10', {
    names: 'process',
    since: '3.0',
    help: {
      en: 'How many rotated logs are kept. 0 means the log is emptied instead.',
      zh: '保留多少个已轮转的日志；0 表示直接清空日志。',
    },
  });
}

function captureMaxBytes(channel: Channel) {
  return withDefault(`${channel}_capture_maxbytes`, byteSize, '0', {
    names: 'program',
    since: '3.0',
    help: {
      en: `How much is kept of what the program marks in its ${streams[channel].en} as a PROCESS_COMMUNICATION event. 0 turns that off.`,
      zh: `程序在${streams[channel].zh}中标记为 PROCESS_COMMUNICATION 事件的内容最多保留多少；0 表示关闭。`,
    },
  });
}

function eventsEnabled(channel: Channel) {
  return withDefault(`${channel}_events_enabled`, boolean, 'false', {
    names: 'program',
    since: '3.0a7',
    help: {
      en: `Emit PROCESS_LOG events for ${streams[channel].en}.`,
      zh: `为${streams[channel].zh}产生 PROCESS_LOG 事件。`,
    },
  });
}

function syslog(channel: Channel) {
  return withDefault(`${channel}_syslog`, boolean, 'false', {
    names: 'process',
    since: '4.0.0',
    help: {
      en: `Send ${streams[channel].en} to syslog as well.`,
      zh: `同时把${streams[channel].zh}发送到 syslog。`,
    },
  });
}

export const stdoutOptions = {
  stdoutLogfile: logfile('stdout'),
  stdoutLogfileMaxBytes: logfileMaxBytes('stdout'),
  stdoutLogfileBackups: logfileBackups('stdout'),
  stdoutCaptureMaxBytes: captureMaxBytes('stdout'),
  stdoutEventsEnabled: eventsEnabled('stdout'),
  stdoutSyslog: syslog('stdout'),
};

export const stderrOptions = {
  stderrLogfile: logfile('stderr'),
  stderrLogfileMaxBytes: logfileMaxBytes('stderr'),
  stderrLogfileBackups: logfileBackups('stderr'),
  stderrCaptureMaxBytes: captureMaxBytes('stderr'),
  stderrEventsEnabled: eventsEnabled('stderr'),
  stderrSyslog: syslog('stderr'),
};
