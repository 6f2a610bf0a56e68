// The output streams of a process: where they go, how their logs are rotated and their lines written.
import type { Channel } from './channel.ts';
import type { LineStyle, Rotation, StreamConfig } from './config.ts';
import type { Option } from './options/option.ts';
import { programOptions } from './options/program.ts';
import { streamOptions } from './options/stream.ts';
import type { SectionReader } from './section-reader.ts';

/** What the processes of a program share. */
export interface OutputSettings extends Pick<StreamConfig, 'captureMaxBytes' | 'eventsEnabled'> {
  /** Rotation except for the size. */
  readonly oldLogs: Omit<Rotation, 'maxBytes' | 'backups'>;
  readonly lines: LineStyle;
}

/** Options of one channel override those for both. */
export function readOutputSettings(reader: SectionReader, channel: Channel): OutputSettings {
  const rows = streamOptions[channel];
  return {
    captureMaxBytes: reader.read(rows.captureMaxBytes),
    eventsEnabled: reader.read(rows.eventsEnabled),
    oldLogs: {
      schedule: readOr(reader, rows.logfileRotate, programOptions.logfileRotate),
      compression: readOr(reader, rows.logfileCompress, programOptions.logfileCompress),
      maxAgeSeconds: readOr(reader, rows.logfileMaxAge, programOptions.logfileMaxAge),
    },
    lines: { format: reader.read(rows.logfileFormat), timestamp: reader.read(rows.logfileTimestamp) },
  };
}

/** `redirected`: the stream goes where the other one goes, so its own file is unused. */
export function readStream(
  reader: SectionReader,
  channel: Channel,
  { oldLogs, ...settings }: OutputSettings,
  redirected: boolean,
  warnings: string[],
): StreamConfig {
  const rows = streamOptions[channel];
  const choice = reader.read(rows.logfile);
  const backups = reader.read(rows.logfileBackups);
  const maxBytes = reader.read(rows.logfileMaxBytes);
  const syslog = reader.read(rows.syslog);
  const warn = (text: string) => warnings.push(`For [${reader.section.name}], ${text}`);
  if (choice.kind === 'syslog')
    warn(
      `${channel}_logfile=syslog but this is deprecated and will be removed.` +
        `  Use ${channel}_syslog=true to enable syslog instead.`,
    );
  if (choice.kind === 'auto' && maxBytes === 0)
    warn(
      `AUTO logging used for ${channel}_logfile without rollover,` +
        ' set maxbytes > 0 to avoid filling up filesystem unintentionally',
    );
  if (redirected && (choice.kind === 'file' || choice.kind === 'empty'))
    warn(
      `redirect_stderr=true but ${channel}_logfile has also been set to a filename, the filename has been ignored`,
    );
  if (redirected && choice.kind === 'journal')
    warn(`redirect_stderr=true but ${channel}_logfile=journal, which has been ignored`);
  return {
    ...settings,
    logfile: redirected || choice.kind === 'syslog' ? { kind: 'none' } : choice,
    rotation: { maxBytes, backups, ...oldLogs },
    syslog: syslog || choice.kind === 'syslog',
  };
}

function readOr<T>(reader: SectionReader, own: Option<T>, common: Option<T>): T {
  return reader.read(reader.setting(own) === undefined ? common : own);
}
