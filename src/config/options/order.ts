// Options of a program for order: what it depends on, and what ends with it.
import { dependencyList, selectorList } from '../values/dependencies.ts';
import { waitForList } from '../values/dependent-startup.ts';
import { duration } from '../values/durations.ts';
import { boolean } from '../values/scalars.ts';
import { optional, withDefault } from './option.ts';

const since = 'tsupervisor 0.1';

export const orderOptions = {
  dependsOn: withDefault('depends_on', dependencyList, '', {
    names: 'process',
    since,
    help: {
      en: 'Start only when these have started, are ready, are healthy, have completed or have ended; they are started first.',
      zh: '依赖的程序：先启动它们，待其满足条件（已启动、就绪、健康、成功完成或已结束）后才启动本程序。',
    },
    example: 'db, migrate=completed',
  }),
  dependentStartupWaitFor: withDefault('dependent_startup_wait_for', waitForList, '', {
    names: 'process',
    since,
    help: {
      en: 'Added to depends_on, for configurations written for supervisord-dependent-startup: running is ready, exited is ended.',
      zh: '并入 depends_on，兼容 supervisord-dependent-startup 插件的写法：running 即就绪（ready），exited 即已结束（ended）。',
    },
    example: 'db:running migrate:exited',
  }),
  dependentStartup: withDefault('dependent_startup', boolean, 'false', {
    names: 'program',
    since,
    help: {
      en: 'As autostart=true, also with autostart=false, which supervisord-dependent-startup requires.',
      zh: '等同于 autostart=true，即使写了 autostart=false（supervisord-dependent-startup 插件要求如此）。',
    },
  }),
  dependsTimeout: optional('depends_timeout', duration, {
    names: 'program',
    since,
    help: {
      en: 'Give up (FATAL) when the dependencies are not met within this time.',
      zh: '依赖在此时间内未满足则放弃启动（FATAL）。',
    },
    defaultNote: { en: 'waits without limit', zh: '一直等待' },
    example: '5m',
  }),
  stopWith: withDefault('stop_with', selectorList, '', {
    names: 'process',
    since,
    help: {
      en: 'Stop when one of these stops or ends.',
      zh: '其中任一程序停止或结束时，本程序随之停止。',
    },
    example: 'db',
  }),
  restartWith: withDefault('restart_with', selectorList, '', {
    names: 'process',
    since,
    help: {
      en: 'Restart when one of these has started again and is ready.',
      zh: '其中任一程序重新启动并就绪后，本程序随之重启。',
    },
    example: 'db',
  }),
  oneshot: withDefault('oneshot', boolean, 'false', {
    names: 'program',
    since,
    help: {
      en: 'The program does its work once: an expected exit is success, also before startsecs, and it is not restarted.',
      zh: '一次性任务：以预期的退出码退出即为成功（不受 startsecs 限制），且不再重启。',
    },
  }),
  exitOnEnd: withDefault('exit_on_end', boolean, 'false', {
    names: 'program',
    since,
    help: {
      en: 'When the program has ended for good, stop everything and exit with its exit code, or 128 plus the signal. For containers.',
      zh: '程序最终结束后停止所有程序，守护进程以它的退出码（被信号终止则为 128 加信号编号）退出；适用于容器。',
    },
  }),
};
