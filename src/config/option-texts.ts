// The options of a process as text, keyed by their names in the configuration file. Derived from the typed
// configuration, so that the output is what is in effect. Pure.
import { type Channel, channels } from './channel.ts';
import type { GroupConfig, ProcessConfig } from './config.ts';
import { eventListenerOptions, fastCgiOptions } from './options/group.ts';
import type { Option, OptionTable } from './options/option.ts';
import { programOptions as options } from './options/program.ts';
import { programExtensions } from './options/program-extensions.ts';
import { streamOptions } from './options/stream.ts';

export type OptionTexts = ReadonlyMap<string, string>;

/** Placeholder for a hidden value. */
export const hiddenValue = '•••';

/** Values of environment variables are hidden: they often contain passwords. */
export function processOptions(config: ProcessConfig): OptionTexts {
  const variables = Object.keys(config.environment).toSorted();
  return new Map([
    ...textsOf(programValues(config)),
    ...channels.flatMap((channel) => textsOf(streamValues(config, channel))),
    ...textsOf(tableValues(programExtensions, config.extensions)),
    ...variables.map((name) => [`environment.${name}`, hiddenValue] as const),
  ]);
}

/** Options of the group itself. */
export function groupOptions(config: GroupConfig): OptionTexts {
  const kind = ['type', config.kind] as const;
  const priority = value(options.priority, config.priority);
  return new Map([kind, ...textsOf([priority, ...valuesOfKind(config)])]);
}

interface OptionValue {
  readonly key: string;
  readonly text: string;
}

function textsOf(values: readonly OptionValue[]): (readonly [string, string])[] {
  return values.map(({ key, text }) => [key, text]);
}

/** Null if the option is not set. */
function value<T>({ key, type }: Option<T>, typed: T | null): OptionValue {
  return { key, text: typed === null ? '' : type.format(typed) };
}

function tableValues(table: OptionTable, values: Readonly<Record<string, unknown>>): OptionValue[] {
  return Object.entries(table).map(([name, option]) => value(option, values[name] ?? null));
}

function programValues(config: ProcessConfig): OptionValue[] {
  return [
    value(options.command, config.command),
    value(options.directory, config.directory),
    value(options.umask, config.umask),
    value(options.priority, config.priority),
    value(options.autostart, config.autostart),
    value(options.autorestart, config.autorestart),
    value(options.startsecs, config.startsecs),
    value(options.startretries, config.startretries),
    value(options.stopsignal, config.stopsignal),
    value(options.stopwaitsecs, config.stopwaitsecs),
    value(options.stopasgroup, config.stopasgroup),
    value(options.killasgroup, config.killasgroup),
    value(options.killascgroup, config.killascgroup),
    value(options.exitcodes, config.exitcodes),
    value(options.redirectStderr, config.redirectStderr),
    {
      key: options.user.key,
      text: config.user === null ? '' : (config.user.name ?? String(config.user.uid)),
    },
    { key: options.serverurl.key, text: serverUrlText(config.serverurl) },
  ];
}

function serverUrlText(serverurl: ProcessConfig['serverurl']): string {
  if (serverurl.kind === 'url') return serverurl.url;
  return serverurl.kind === 'auto' ? 'AUTO' : '';
}

function streamValues(config: ProcessConfig, channel: Channel): OptionValue[] {
  const { logfile, rotation, lines, captureMaxBytes, eventsEnabled, syslog } = config[channel];
  const rows = streamOptions[channel];
  return [
    value(rows.logfile, logfile),
    value(rows.logfileMaxBytes, rotation.maxBytes),
    value(rows.logfileBackups, rotation.backups),
    value(rows.logfileRotate, rotation.schedule),
    value(rows.logfileCompress, rotation.compression),
    value(rows.logfileMaxAge, rotation.maxAgeSeconds),
    value(rows.logfileFormat, lines.format),
    value(rows.logfileTimestamp, lines.timestamp),
    value(rows.captureMaxBytes, captureMaxBytes),
    value(rows.eventsEnabled, eventsEnabled),
    value(rows.syslog, syslog),
  ];
}

function valuesOfKind(config: GroupConfig): OptionValue[] {
  switch (config.kind) {
    case 'programs':
      return [];
    case 'eventlistener':
      return [
        value(eventListenerOptions.bufferSize, config.bufferSize),
        value(eventListenerOptions.events, config.events),
        value(eventListenerOptions.resultHandler, config.resultHandler),
      ];
    case 'fastcgi':
      return [
        { key: fastCgiOptions.socket.key, text: config.socketUrl },
        value(fastCgiOptions.backlog, config.backlog),
        ...(config.socket.kind === 'unix'
          ? [value(fastCgiOptions.mode, config.socket.mode), value(fastCgiOptions.owner, config.socket.owner)]
          : []),
      ];
  }
}
