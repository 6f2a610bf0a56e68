// Time-based rotation and retention, for both logs of a program or for the daemon's own log.
import type { NamesKind } from '../expansion.ts';
import { compression, maxAge, schedule } from '../values/logs.ts';
import { withDefault } from './option.ts';

const since = 'tsupervisor 0.1';

export function oldLogOptions(names: NamesKind) {
  return {
    logfileRotate: withDefault('logfile_rotate', schedule, 'none', {
      names,
      since,
      help: {
        en: 'Also rotate at these times, whatever the size. An empty log is not rotated.',
        zh: '除按大小外，还在这些时间轮转；空日志不轮转。',
      },
    }),
    logfileCompress: withDefault('logfile_compress', compression, 'none', {
      names,
      since,
      help: {
        en: 'Compress rotated logs in the background; their names then end in .gz or .zst.',
        zh: '在后台压缩已轮转的日志，文件名随之以 .gz 或 .zst 结尾。',
      },
    }),
    logfileMaxAge: withDefault('logfile_maxage', maxAge, 'none', {
      names,
      since,
      help: {
        en: 'Remove rotated logs that were last written longer ago, whenever the log is opened or rotated.',
        zh: '打开或轮转日志时，删除最后写入时间早于此期限的已轮转日志。',
      },
    }),
  };
}
