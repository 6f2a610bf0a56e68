// Program options that the original does not have. Adding a row is enough: it is read into `ProcessConfig.extensions`
// under its name, and documented, shown, compared and completed like the others.

import { hookTarget, httpStatus, httpUrl, memoryLimit, seconds } from '../values/extensions.ts';
import { boolean, text } from '../values/scalars.ts';
import { optional, withDefault } from './option.ts';
import { orderOptions } from './order.ts';
import { readinessOptions } from './readiness.ts';

const since = 'tsupervisor 0.1';

export const programExtensions = {
  maxMemory: optional('max_memory', memoryLimit, {
    names: 'program',
    since,
    help: {
      en: 'Restart the program when it and its descendants use more memory than this.',
      zh: '程序及其所有子孙进程占用的内存超过此值时重新启动。',
    },
    example: '200MB',
  }),
  httpCheck: optional('http_check', httpUrl, {
    names: 'process',
    since,
    help: {
      en: 'Restart the program when a GET request to this URL fails or returns an unexpected response.',
      zh: '向此 URL 发送的 GET 请求失败或响应不符合要求时重新启动程序。',
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
    help: {
      en: 'Seconds within which the complete response must arrive.',
      zh: '必须在多少秒内收到完整的响应。',
    },
  }),
  httpCheckStatus: withDefault('http_check_status', httpStatus, '200', {
    names: 'program',
    since,
    help: { en: 'The status that the response must have.', zh: '响应必须具有的状态码。' },
  }),
  httpCheckText: withDefault('http_check_text', text, '', {
    names: 'program',
    since,
    help: { en: 'A text that the response must contain.', zh: '响应中必须包含的文字。' },
  }),
  onFatal: optional('on_fatal', hookTarget, {
    names: 'process',
    since,
    help: {
      en: 'Whom to notify when the program cannot be started: a command, a URL or mailto:ADDRESS.',
      zh: '程序无法启动时的通知对象：命令、URL 或 mailto:地址。',
    },
    example: 'mailto:root',
  }),
  onExit: optional('on_exit', hookTarget, {
    names: 'process',
    since,
    help: {
      en: 'Whom to notify when the program exits without being stopped: a command, a URL or mailto:ADDRESS.',
      zh: '程序自行退出（非人为停止）时的通知对象：命令、URL 或 mailto:地址。',
    },
    example: 'mailto:root',
  }),
  exitOnFatal: withDefault('exit_on_fatal', boolean, 'false', {
    names: 'program',
    since,
    help: {
      en: 'Stop all programs and exit with status 1 when the program cannot be started. For containers.',
      zh: '程序无法启动时停止所有程序，守护进程以状态码 1 退出；适用于容器。',
    },
  }),
  ...orderOptions,
  ...readinessOptions,
};
