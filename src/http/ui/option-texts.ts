// The options of a process as texts, by the keys of the configuration file. Made from the typed configuration, so
// that nothing which decides is left out. Pure.

import { channels } from '../../config/channel.ts';
import type { GroupConfig, ProcessConfig } from '../../config/config.ts';
import { signalName } from '../../linux/signals.ts';

export type OptionTexts = ReadonlyMap<string, string>;

/** Values of environment variables are left out: passwords are kept there. */
export function processOptions(config: ProcessConfig): OptionTexts {
  const { name: _, program: __, environment, ...rest } = config;
  const texts = new Map(textsOf(rest, []));
  for (const name of Object.keys(environment).toSorted()) texts.set(`environment.${name}`, HIDDEN);
  return texts;
}

/** Those that are the group's own. */
export function groupOptions(config: GroupConfig): OptionTexts {
  const { name: _, processes: __, kind, ...rest } = config;
  return new Map([['type', kind], ...textsOf(rest, [])]);
}

/** What stands for a value that is not shown. */
export const HIDDEN = '•••';

/** Paths in the typed configuration whose key cannot be made by the rule. */
const keys: ReadonlyMap<string, string> = new Map([
  ['watch.maxMemoryBytes', 'max_memory'],
  ['watch.httpCheck.url', 'http_check'],
  ['watch.httpCheck.intervalMs', 'http_check_interval'],
  ['watch.httpCheck.timeoutMs', 'http_check_timeout'],
  ['watch.httpCheck.status', 'http_check_status'],
  ['watch.httpCheck.text', 'http_check_text'],
  ['watch.onFatal', 'on_fatal'],
  ['watch.onExit', 'on_exit'],
  ['watch.exitOnFatal', 'exit_on_fatal'],
  ['watch.httpCheck', 'http_check'],
  ...channels.flatMap((channel) => [
    [`${channel}.rotation.maxBytes`, `${channel}_logfile_maxbytes`] as const,
    [`${channel}.rotation.backups`, `${channel}_logfile_backups`] as const,
    [`${channel}.rotation.schedule`, `${channel}_logfile_rotate`] as const,
    [`${channel}.rotation.compression`, `${channel}_logfile_compress`] as const,
    [`${channel}.rotation.maxAgeSeconds`, `${channel}_logfile_maxage`] as const,
    [`${channel}.lines.format`, `${channel}_logfile_format`] as const,
    [`${channel}.lines.timestamp`, `${channel}_logfile_timestamp`] as const,
    [`${channel}.captureMaxBytes`, `${channel}_capture_maxbytes`] as const,
  ]),
]);

function keyOf(path: readonly string[]): string {
  return (
    keys.get(path.join('.')) ??
    path.map((part) => part.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)).join('_')
  );
}

function textsOf(value: object, path: readonly string[]): [string, string][] {
  return Object.entries(value).flatMap(([name, member]: [string, unknown]): [string, string][] => {
    const here = [...path, name];
    if (isPlainObject(member) && !isOneValue(member)) return textsOf(member, here);
    return [[keyOf(here), textOf(member, name)]];
  });
}

/** A choice, a user, a schedule: one option, though an object. */
function isOneValue(member: object): boolean {
  return 'kind' in member || 'uid' in member || 'every' in member;
}

function isPlainObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown, name: string): string {
  if (typeof value === 'number' && name === 'stopsignal') return signalName(value).replace(/^SIG/, '');
  if (typeof value === 'number' && /maxBytes|MemoryBytes/i.test(name)) return inUnits(value, byteUnits);
  if (name === 'autorestart' && (value === 'always' || value === 'never')) return String(value === 'always');
  if (typeof value === 'number' && name === 'umask') return value.toString(8).padStart(3, '0');
  if (typeof value === 'number' && name.endsWith('Ms')) return String(value / 1000);
  if (typeof value === 'number' && name === 'maxAgeSeconds') return inUnits(value, ageUnits);
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map((item: unknown) => textOf(item, '')).join(',');
  if (typeof value !== 'object') return '';
  return textOfChoice(Object.entries(value));
}

/** As one would write it: `50MB`, `30d`. */
function inUnits(value: number, units: readonly { readonly name: string; readonly size: number }[]): string {
  const unit = units.find(({ size }) => value > 0 && value % size === 0);
  return unit ? `${value / unit.size}${unit.name}` : String(value);
}

const ageUnits = [
  { name: 'd', size: 86_400 },
  { name: 'h', size: 3600 },
  { name: 'm', size: 60 },
];

const byteUnits = [
  { name: 'GB', size: 1024 ** 3 },
  { name: 'MB', size: 1024 ** 2 },
  { name: 'KB', size: 1024 },
];

/** `{kind: 'file', path}` is its path, `{kind: 'auto'}` AUTO, a user its name. */
function textOfChoice(members: readonly (readonly [string, unknown])[]): string {
  const known = new Map(members);
  const told = ['path', 'url', 'command', 'address', 'name'].map((key) => known.get(key));
  const text = told.find((member) => typeof member === 'string');
  if (typeof text === 'string') return text;
  const kind = known.get('kind');
  if (members.length === 1 && typeof kind === 'string') return kind.toUpperCase();
  if (known.has('uid')) return String(known.get('uid'));
  if (known.has('every')) return scheduleText(known);
  return members.map(([key, member]) => `${key}=${textOf(member, key)}`).join(' ');
}

/** `hourly`, `daily 03:30`, `weekly mon 03:30`, `monthly 1 03:30`. */
function scheduleText(schedule: ReadonlyMap<string, unknown>): string {
  const two = (name: string) => String(schedule.get(name) ?? 0).padStart(2, '0');
  const time = `${two('hour')}:${two('minute')}`;
  switch (schedule.get('every')) {
    case 'hour':
      return 'hourly';
    case 'day':
      return `daily ${time}`;
    case 'week':
      return `weekly ${weekdays[Number(schedule.get('weekday'))]} ${time}`;
    default:
      return `monthly ${schedule.get('day')} ${time}`;
  }
}

const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
