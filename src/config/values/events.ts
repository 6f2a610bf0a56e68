// `events=` of an event listener.
import { isEventName } from '../../events/types.ts';
import { ConfigError } from '../config.ts';
import { commaList } from './scalars.ts';
import type { ValueType } from './value-type.ts';

/** Upper case, without duplicates. `section` is for the message. */
export function checkedEvents(names: readonly string[], section: string): string[] {
  const events = [...new Set(names.map((name) => name.toUpperCase()))];
  const unknown = events.find((event) => !isEventName(event));
  if (unknown === undefined) return events;
  throw new ConfigError(`Unknown event type ${unknown} in [${section}] events`);
}

export const eventNames: ValueType<readonly string[]> = {
  expects: {
    en: 'event names separated by commas, such as PROCESS_STATE, TICK_60',
    zh: '用逗号分隔的事件名称，例如 PROCESS_STATE, TICK_60',
  },
  parse: commaList,
  format: (names) => names.join(','),
};
