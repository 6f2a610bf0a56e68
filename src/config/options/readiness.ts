// Options of a program for readiness: when RUNNING is more than having survived startsecs.
import { duration, watchdogInterval } from '../values/durations.ts';
import { readiness } from '../values/readiness.ts';
import { optional, withDefault } from './option.ts';

const since = 'tsupervisor 0.1';

export const readinessOptions = {
  ready: optional('ready', readiness, {
    names: 'process',
    since,
    help: {
      en: 'The program is STARTING until this shows that it is ready, instead of for startsecs.',
      zh: '程序处于 STARTING，直到由此确认就绪（取代 startsecs）。',
    },
    example: 'notify',
  }),
  readyTimeout: withDefault('ready_timeout', duration, '1m', {
    names: 'program',
    since,
    help: {
      en: 'A start has failed when the program is not ready within this time.',
      zh: '在此时间内未就绪则视为启动失败。',
    },
  }),
  readyInterval: withDefault('ready_interval', duration, '500ms', {
    names: 'program',
    since,
    help: {
      en: 'Pause between two attempts of tcp, unix, http and exec readiness.',
      zh: 'tcp、unix、http、exec 就绪检查两次尝试之间的间隔。',
    },
  }),
  watchdog: optional('watchdog', watchdogInterval, {
    names: 'program',
    since,
    help: {
      en: 'With ready=notify: restart the program when it sends no WATCHDOG=1 for this long.',
      zh: '配合 ready=notify：程序超过此时间未发送 WATCHDOG=1 则重启。',
    },
    example: '30s',
  }),
};
