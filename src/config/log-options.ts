// Combines the log options: rotation, retention and line format.
import type { Channel } from './channel.ts';
import type { LineStyle, Rotation } from './config.ts';
import type { Option } from './options/option.ts';
import { programOptions as options } from './options/program.ts';
import type { SectionReader } from './section-reader.ts';

/** Rotation except for the size, and line format. */
export interface LogSettings {
  readonly oldLogs: Omit<Rotation, 'maxBytes' | 'backups'>;
  readonly lines: LineStyle;
}

const rows = {
  stdout: {
    timestamp: options.stdoutLogfileTimestamp,
    format: options.stdoutLogfileFormat,
    schedule: options.stdoutLogfileRotate,
    compression: options.stdoutLogfileCompress,
    maxAge: options.stdoutLogfileMaxAge,
  },
  stderr: {
    timestamp: options.stderrLogfileTimestamp,
    format: options.stderrLogfileFormat,
    schedule: options.stderrLogfileRotate,
    compression: options.stderrLogfileCompress,
    maxAge: options.stderrLogfileMaxAge,
  },
};

/** A program's settings; options of one channel override those for both. */
export function readLogSettings(reader: SectionReader, channel: Channel): LogSettings {
  const row = rows[channel];
  return {
    oldLogs: {
      schedule: readOr(reader, row.schedule, options.logfileRotate),
      compression: readOr(reader, row.compression, options.logfileCompress),
      maxAgeSeconds: readOr(reader, row.maxAge, options.logfileMaxAge),
    },
    lines: { format: reader.read(row.format), timestamp: reader.read(row.timestamp) },
  };
}

function readOr<T>(reader: SectionReader, own: Option<T>, common: Option<T>): T {
  return reader.read(reader.setting(own) === undefined ? common : own);
}
