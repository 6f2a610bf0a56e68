// Errors in how programs become ready: options that contradict each other.
import type { GroupConfig, ProgramExtensions } from './config.ts';
import type { IniDocument } from './dialect.ts';
import type { ErrorSink } from './error-sink.ts';
import { type OptionError, ProcessErrors } from './process-errors.ts';
import { duration } from './values/durations.ts';
import { isRepeated } from './values/readiness.ts';

/** Reports each error at the option that has it. */
export function reportReadinessErrors(
  groups: readonly GroupConfig[],
  document: IniDocument,
  problems: ErrorSink,
): void {
  const errors = new ProcessErrors(document, problems);
  for (const { kind, name, processes } of groups)
    for (const config of processes)
      for (const error of errorsIn(config.extensions)) errors.report({ kind, group: name, config }, error);
}

function errorsIn(extensions: ProgramExtensions): readonly OptionError[] {
  const { ready, watchdog } = extensions;
  if (ready === null && watchdog === null) return none;
  const errors = [];
  if (watchdog !== null && ready?.kind !== 'notify') errors.push(uselessWatchdog);
  if (ready !== null && isRepeated(ready) && extensions.readyInterval > extensions.readyTimeout)
    errors.push(lateInterval(extensions));
  return errors;
}

const none: readonly OptionError[] = [];

const uselessWatchdog: OptionError = {
  keys: ['watchdog'],
  text: null,
  message: {
    en: 'watchdog needs ready=notify: WATCHDOG=1 comes over the same socket as READY=1',
    zh: 'watchdog 需要 ready=notify：WATCHDOG=1 与 READY=1 由同一个套接字发送',
  },
  expected: { en: 'watchdog together with ready=notify', zh: 'watchdog 与 ready=notify 一起使用' },
};

function lateInterval({ readyInterval, readyTimeout }: ProgramExtensions): OptionError {
  const [interval, timeout] = [readyInterval, readyTimeout].map(duration.format);
  return {
    keys: ['ready_interval', 'ready_timeout'],
    text: null,
    message: {
      en: `ready_interval (${interval}) is longer than ready_timeout (${timeout}), so there is one attempt only`,
      zh: `ready_interval（${interval}）大于 ready_timeout（${timeout}），因此只会尝试一次`,
    },
    expected: { en: 'a ready_interval below ready_timeout', zh: '小于 ready_timeout 的 ready_interval' },
  };
}
