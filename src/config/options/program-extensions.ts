// Program options that the original does not have. Adding a row is enough: it is read into `ProcessConfig.extensions`
// under its name, and documented, shown, compared and completed like the others.

import { hookTarget, httpStatus, httpUrl, memoryLimit, seconds } from '../values/extensions.ts';
import { boolean, text } from '../values/scalars.ts';
import { optional, withDefault } from './option.ts';

const since = 'tsupervisor 0.1';

export const programExtensions = {
  maxMemory: optional('max_memory', memoryLimit, {
    names: 'program',
    since,
    help: {
      en: 'Restart the program when it and all its descendants take more memory than this.',
      zh: '程序及其所有子孙进程占用的内存超过此值时重新启动。',
    },
    example: '200MB',
  }),
  httpCheck: optional('http_check', httpUrl, {
    names: 'process',
    since,
    help: {
      en: 'Restart the program when a GET request to this URL is not answered as it should be.',
      zh: '向此 URL 发送的 GET 请求得不到应有的回答时重新启动程序。',
    },
    example: 'http://127.0.0.1:8080/health',
  }),
  httpCheckInterval: withDefault('http_check_interval', seconds, '60', {
    names: 'program',
    since,
    help: { en: 'Seconds from one check to the next.', zh: '两次检查之间的秒数。' },
  }),
  httpCheckTimeout: withDefault('http_check_timeout', seconds, '10', {
    names: 'program',
    since,
    help: { en: 'Seconds in which the whole answer must come.', zh: '必须在多少秒内收到完整的回答。' },
  }),
  httpCheckStatus: withDefault('http_check_status', httpStatus, '200', {
    names: 'program',
    since,
    help: { en: 'The status that the answer must have.', zh: '回答必须具有的状态码。' },
  }),
  httpCheckText: withDefault('http_check_text', text, '', {
    names: 'program',
    since,
    help: { en: 'A text that must occur in the answer.', zh: '回答中必须出现的文字。' },
  }),
  onFatal: optional('on_fatal', hookTarget, {
    names: 'process',
    since,
    help: {
      en: 'Who is told when the program cannot be started: a command, a URL or mailto:ADDRESS.',
      zh: '程序无法启动时通知谁：命令、URL 或 mailto:地址。',
    },
    example: 'mailto:root',
  }),
  onExit: optional('on_exit', hookTarget, {
    names: 'process',
    since,
    help: {
      en: 'Who is told when the program ends without being asked to: a command, a URL or mailto:ADDRESS.',
      zh: '程序自行退出时通知谁：命令、URL 或 mailto:地址。',
    },
    example: 'mailto:root',
  }),
  exitOnFatal: withDefault('exit_on_fatal', boolean, 'false', {
    names: 'program',
    since,
    help: {
      en: 'Stop everything and end the daemon with status 1 when the program cannot be started. For containers.',
      zh: '程序无法启动时停止一切，守护进程以状态码 1 退出；用于容器。',
    },
  }),
};
