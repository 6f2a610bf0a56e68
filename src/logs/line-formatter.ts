// Formats the lines of a log: prefixed with the time, as JSON or as logfmt. Incremental and pure; the time is a
// parameter.
import type { Channel } from '../config/channel.ts';
import type { LineStyle } from '../config/config.ts';
import { TimeFormat } from './time-format.ts';

/** The source of lines. */
export interface LineSource {
  readonly process: string;
  readonly group: string;
  readonly channel: Channel;
  readonly pid: number;
}

export interface LineFormatter {
  /** Returns the text to write after `chunk`; shares no memory with it. */
  add(chunk: Uint8Array, now: number): Uint8Array;
  /** Returns the buffered partial line. */
  flush(now: number): Uint8Array;
  /** A partial line is buffered. */
  readonly pending: boolean;
  snapshot(): LineFormatterSnapshot;
  /** Continues from the snapshot of a formatter of the same style and source. */
  restore(snapshot: LineFormatterSnapshot): void;
}

/** Serialisable. */
export interface LineFormatterSnapshot {
  /** The bytes of the unfinished line, in Base64, that are not written yet. */
  readonly held: string;
  /** Whether the start of the unfinished line is written, with its time. */
  readonly begun: boolean;
  /** The latest time so far, in milliseconds of Unix time: times never decrease. */
  readonly latest: number;
}

/** Null when lines are written unchanged. */
export function lineFormatter(style: LineStyle, source: LineSource): LineFormatter | null {
  if (style.format !== 'raw') return new RecordFormatter(style.format, style.timestamp, source);
  return style.timestamp === null ? null : new TimestampFormatter(style.timestamp);
}

const newline = 0x0a;
const nothing = new Uint8Array();
/** A longer line becomes several records. */
const maxRecordBytes = 64 * 1024;

/** Prefixes a line with the time at which it began. */
class TimestampFormatter implements LineFormatter {
  readonly pending = false;
  readonly #time: TimeFormat;
  #atLineStart = true;

  constructor(format: string) {
    this.#time = new TimeFormat(format);
  }

  add(chunk: Uint8Array, now: number): Uint8Array {
    const prefix = Buffer.from(`${this.#time.at(now)} `);
    const parts: Uint8Array[] = [];
    for (let start = 0; start < chunk.length; ) {
      const end = chunk.indexOf(newline, start) + 1 || chunk.length;
      if (this.#atLineStart) parts.push(prefix);
      parts.push(chunk.subarray(start, end));
      this.#atLineStart = chunk[end - 1] === newline;
      start = end;
    }
    return Buffer.concat(parts);
  }

  flush(): Uint8Array {
    return nothing;
  }

  snapshot(): LineFormatterSnapshot {
    return { held: '', begun: !this.#atLineStart, latest: this.#time.latest };
  }

  restore({ begun, latest }: LineFormatterSnapshot): void {
    this.#atLineStart = !begun;
    this.#time.notBefore(latest);
  }
}

/** Each line as a JSON object or logfmt; `partial` marks a line without its end. */
class RecordFormatter implements LineFormatter {
  readonly #time: TimeFormat | null;
  readonly #source: Readonly<Record<string, string | number>>;
  readonly #encode: (fields: Readonly<Record<string, Field>>) => string;
  #latest = 0;
  #held: Uint8Array = nothing;

  constructor(
    format: 'json' | 'logfmt',
    timestamp: string | null,
    { process, group, channel, pid }: LineSource,
  ) {
    this.#time = timestamp === null ? null : new TimeFormat(timestamp);
    this.#source = { process, group, stream: channel, pid };
    this.#encode = format === 'json' ? JSON.stringify : logfmt;
  }

  get pending(): boolean {
    return this.#held.length > 0;
  }

  add(chunk: Uint8Array, now: number): Uint8Array {
    const bytes = this.#held.length > 0 ? Buffer.concat([this.#held, chunk]) : Buffer.from(chunk);
    const time = this.#timeOf(now);
    const records: string[] = [];
    let start = 0;
    for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, start)) {
      const rest = this.#longRecords(bytes.subarray(start, end), time, records);
      records.push(this.#record(rest, time, false));
      start = end + 1;
    }
    this.#held = this.#longRecords(bytes.subarray(start), time, records);
    return Buffer.from(records.join(''));
  }

  flush(now: number): Uint8Array {
    if (this.#held.length === 0) return nothing;
    const record = this.#record(this.#held, this.#timeOf(now), true);
    this.#held = nothing;
    return Buffer.from(record);
  }

  snapshot(): LineFormatterSnapshot {
    return { held: this.#held.toBase64(), begun: false, latest: this.#time?.latest ?? this.#latest };
  }

  restore({ held, latest }: LineFormatterSnapshot): void {
    this.#held = Uint8Array.fromBase64(held);
    this.#latest = latest;
    this.#time?.notBefore(latest);
  }

  /** Emits records for the start of an overlong line; returns the rest. */
  #longRecords(line: Uint8Array, time: string, records: string[]): Uint8Array {
    let rest = line;
    while (rest.length > maxRecordBytes) {
      const end = beforeCharacter(rest, maxRecordBytes);
      records.push(this.#record(rest.subarray(0, end), time, true));
      rest = rest.subarray(end);
    }
    return rest;
  }

  #record(line: Uint8Array, time: string, partial: boolean): string {
    const message = Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString('utf8');
    const fields = { time, ...this.#source, ...(partial ? { partial } : {}), message };
    return `${this.#encode(fields)}\n`;
  }

  #timeOf(now: number): string {
    if (this.#time) return this.#time.at(now);
    this.#latest = Math.max(this.#latest, now);
    return new Date(this.#latest).toISOString();
  }
}

export type Field = string | number | boolean;

/** `key=value` pairs; a value that is no plain word is quoted as in JSON. */
export function logfmt(fields: Readonly<Record<string, Field>>): string {
  return Object.entries(fields)
    .map(([key, value]) => `${key}=${logfmtValue(String(value))}`)
    .join(' ');
}

function logfmtValue(text: string): string {
  return /^[^\s"=\\\p{Cc}]+$/u.test(text) ? text : JSON.stringify(text);
}

/** The end of the last complete UTF-8 character before `end`; `end` itself for invalid UTF-8. */
export function beforeCharacter(bytes: Uint8Array, end: number): number {
  for (let back = 0; back < 4; back += 1) {
    if (((bytes[end - back] ?? 0) & 0xc0) !== 0x80) return end - back;
  }
  return end;
}
