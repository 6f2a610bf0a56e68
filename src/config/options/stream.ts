// The options of a process's output streams, by channel.
import type { Channel } from '../channel.ts';
import type { Bilingual } from '../config.ts';
import { compression, lineFormat, maxAge, schedule, timestamp } from '../values/logs.ts';
import { childLogFile } from '../values/paths.ts';
import { boolean, byteSize, integer } from '../values/scalars.ts';
import { optional, withDefault } from './option.ts';

const since = 'tsupervisor 0.1';

export const streamOptions = {
  stdout: optionsOf('stdout', { en: 'standard output', zh: '标准输出' }),
  stderr: optionsOf('stderr', { en: 'standard error', zh: '标准错误' }),
};

function optionsOf(channel: Channel, stream: Bilingual) {
  return {
    logfile: withDefault(`${channel}_logfile`, childLogFile, 'AUTO', {
      names: 'process',
      expansion: 'twice',
      since: '3.0',
      help: {
        en: `Where ${stream.en} goes. AUTO: an automatically named file in childlogdir, deleted at the next start; NONE: nowhere; journal: systemd's journal (for a file of that name, write ./journal).`,
        zh: `${stream.zh}写到哪里。AUTO：childlogdir 中自动命名的文件，下次启动时删除；NONE：不记录；journal：systemd 的 journal（同名文件请写 ./journal）。`,
      },
    }),
    logfileMaxBytes: withDefault(`${channel}_logfile_maxbytes`, byteSize, '50MB', {
      names: 'process',
      since: '3.0',
      help: {
        en: 'The log is rotated when it reaches this size. 0 means never.',
        zh: '日志达到此大小时轮转；0 表示从不轮转。',
      },
    }),
    logfileBackups: withDefault(`${channel}_logfile_backups`, integer, '10', {
      names: 'process',
      since: '3.0',
      help: {
        en: 'How many rotated logs are kept. 0: the log is truncated instead.',
        zh: '保留多少个已轮转的日志；0 表示直接清空日志。',
      },
    }),
    captureMaxBytes: withDefault(`${channel}_capture_maxbytes`, byteSize, '0', {
      names: 'program',
      since: '3.0',
      help: {
        en: `Maximum size of a PROCESS_COMMUNICATION event that the program marks in its ${stream.en}. 0 disables these events.`,
        zh: `程序在${stream.zh}中标记的 PROCESS_COMMUNICATION 事件的最大长度；0 表示关闭。`,
      },
    }),
    eventsEnabled: withDefault(`${channel}_events_enabled`, boolean, 'false', {
      names: 'program',
      since: '3.0a7',
      help: {
        en: `Emit PROCESS_LOG events for ${stream.en}.`,
        zh: `为${stream.zh}产生 PROCESS_LOG 事件。`,
      },
    }),
    syslog: withDefault(`${channel}_syslog`, boolean, 'false', {
      names: 'process',
      since: '4.0.0',
      help: {
        en: `Send ${stream.en} to syslog as well.`,
        zh: `同时把${stream.zh}发送到 syslog。`,
      },
    }),
    logfileTimestamp: withDefault(`${channel}_logfile_timestamp`, timestamp, 'false', {
      names: 'program',
      since,
      help: {
        en: 'Prefix every line with the time. In a format, each percent sign is written %%.',
        zh: '在每行开头写上时间。自定义格式中的每个百分号写作 %%。',
      },
    }),
    logfileFormat: withDefault(`${channel}_logfile_format`, lineFormat, 'raw', {
      names: 'program',
      since,
      help: {
        en: 'Write each line as it is, as a JSON object, or as key=value pairs (logfmt).',
        zh: '每行原样写入，或写成 JSON 对象，或写成 key=value（logfmt）。',
      },
    }),
    logfileRotate: optional(`${channel}_logfile_rotate`, schedule, {
      names: 'program',
      since,
      help: { en: 'Like logfile_rotate, for this log only.', zh: '与 logfile_rotate 相同，仅用于此日志。' },
      example: 'daily',
    }),
    logfileCompress: optional(`${channel}_logfile_compress`, compression, {
      names: 'program',
      since,
      help: {
        en: 'Like logfile_compress, for this log only.',
        zh: '与 logfile_compress 相同，仅用于此日志。',
      },
      example: 'gzip',
    }),
    logfileMaxAge: optional(`${channel}_logfile_maxage`, maxAge, {
      names: 'program',
      since,
      help: { en: 'Like logfile_maxage, for this log only.', zh: '与 logfile_maxage 相同，仅用于此日志。' },
      example: '30d',
    }),
  };
}
