// Encodes entries of systemd's journal in its native protocol (https://systemd.io/JOURNAL_NATIVE_PROTOCOL/) and splits
// lines into messages. Pure.
import type { Channel } from '../config/channel.ts';
import { beforeCharacter } from './line-formatter.ts';

/** Fields of every entry of a log. */
export type JournalOrigin = Readonly<Record<string, string>>;

/** The source: `program` is the name of the section, `process` one of its processes. */
interface Speaker {
  readonly program: string;
  readonly process: string;
  readonly group: string;
  readonly channel: Channel;
}

export function originOf({ program, process, group, channel }: Speaker): JournalOrigin {
  return {
    SYSLOG_IDENTIFIER: program,
    TSUPERVISOR_PROGRAM: program,
    TSUPERVISOR_PROCESS: process,
    TSUPERVISOR_GROUP: group,
    TSUPERVISOR_STREAM: channel,
  };
}

/** Longer lines become several entries, as with journald's own LineMax= (journald.conf(5)). */
export const maxMessageBytes = 48 * 1024;

/** A line, or a piece of one, as a range of memory. */
export interface Message {
  /** 0 to 7, as in syslog(3). */
  readonly priority: number;
  readonly start: number;
  readonly end: number;
  /** Start of the next message. */
  readonly next: number;
  /** The line continues in the next message, or has no newline. */
  readonly isPartial: boolean;
}

/** The first message of bytes[start, end); a prefix such as `<3>` is its priority (sd-daemon(3)). */
export function firstMessage(bytes: Uint8Array, start: number, end: number): Message {
  const priority = priorityAt(bytes, start, end);
  const textStart = priority === null ? start : start + prefixBytes;
  const found = bytes.indexOf(newlineByte, textStart);
  const lineEnd = found < 0 || found >= end ? end : found;
  const common = { priority: priority ?? infoPriority, start: textStart };
  if (lineEnd - textStart > maxMessageBytes) {
    const cut = beforeCharacter(bytes, textStart + maxMessageBytes);
    return { ...common, end: cut, next: cut, isPartial: true };
  }
  const isPartial = lineEnd === end;
  return { ...common, end: lineEnd, next: isPartial ? end : lineEnd + 1, isPartial };
}

/** `NAME=value`; a value with a newline is preceded by its length, 64 bits little-endian. */
export function encodeFields(fields: Readonly<Record<string, string>>): Uint8Array {
  return Buffer.concat(Object.entries(fields).map(([name, value]) => encodeField(name, value)));
}

/** The datagram of an entry; `head` has the encoded fields. */
export function encodeEntry(head: Uint8Array, bytes: Uint8Array, message: Message): Uint8Array {
  const { priority, start, end, isPartial } = message;
  const partial = isPartial ? 'TSUPERVISOR_PARTIAL=1\n' : '';
  return Buffer.concat([
    head,
    Buffer.from(`PRIORITY=${priority}\n${partial}MESSAGE=`),
    bytes.subarray(start, end),
    newline,
  ]);
}

const newlineByte = 0x0a;
const newline = Uint8Array.of(newlineByte);
/** Priorities of syslog(3). */
const infoPriority = 6;
const prefixBytes = 3;
const [LESS, GREATER, ZERO, SEVEN] = [0x3c, 0x3e, 0x30, 0x37];

function priorityAt(bytes: Uint8Array, start: number, end: number): number | null {
  if (end - start < prefixBytes || bytes[start] !== LESS || bytes[start + 2] !== GREATER) return null;
  const digit = bytes[start + 1] ?? 0;
  return digit >= ZERO && digit <= SEVEN ? digit - ZERO : null;
}

function encodeField(name: string, value: string): Uint8Array {
  if (!value.includes('\n')) return Buffer.from(`${name}=${value}\n`);
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(bytes.length));
  return Buffer.concat([Buffer.from(`${name}\n`), length, bytes, newline]);
}
