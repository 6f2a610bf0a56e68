// Strict UTF-8 decoding with the message of Python's decoder for the first invalid byte.
import { ConfigError } from './config.ts';

/** The text decoded before `error`, whose position counts from the start of its 8 KiB block. */
export interface DecodedText {
  readonly text: string;
  readonly error: ConfigError | null;
  /** Number of valid bytes, the text they decode to, and what follows up to the error. */
  readonly goodBytes: number;
}

/** Python decodes files in blocks of this size and reports positions within a block. */
const blockBytes = 8192;

/** The whole text; on invalid UTF-8, the text of the preceding blocks and the error. */
export function decodeUtf8(bytes: Uint8Array): DecodedText {
  try {
    const text = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true }).decode(bytes);
    return { text, error: null, goodBytes: bytes.length };
  } catch {
    const flaw = firstFlaw(bytes);
    const begin = startOfBlock(bytes, flaw);
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, begin));
    const error = new ConfigError(describe(flaw, flaw.start - begin, bytes));
    return { text, error, goodBytes: flaw.start };
  }
}

interface Flaw {
  readonly start: number;
  /** Number of bytes reported as invalid. */
  readonly length: number;
  readonly reason: 'invalid start byte' | 'invalid continuation byte' | 'unexpected end of data';
}

function describe(flaw: Flaw, position: number, bytes: Uint8Array): string {
  const which =
    flaw.length === 1
      ? `byte 0x${(bytes[flaw.start] ?? 0).toString(16).padStart(2, '0')} in position ${position}`
      : `bytes in position ${position}-${position + flaw.length - 1}`;
  return `'utf-8' codec can't decode ${which}: ${flaw.reason}`;
}

/** The input of one decoder call: a block, plus the bytes of a character split at the end of the previous block. */
function startOfBlock(bytes: Uint8Array, flaw: Flaw): number {
  if (flaw.reason === 'unexpected end of data') return flaw.start;
  const found = flaw.start + decidingByte(bytes, flaw);
  if (found >= bytes.length) return flaw.start;
  let begin = Math.min(flaw.start, found - (found % blockBytes));
  while (begin < flaw.start && begin > 0 && ((bytes[begin] ?? 0) & 0xc0) === 0x80) begin -= 1;
  return begin;
}

/** The byte at which the decoder detects the error; a surrogate is rejected only once it is complete. */
function decidingByte(bytes: Uint8Array, { start, length, reason }: Flaw): number {
  if (reason === 'invalid start byte') return 0;
  const isSurrogate = bytes[start] === 0xed && ((bytes[start + 1] ?? 0) & 0xe0) === 0xa0;
  return isSurrogate ? 2 : length;
}

function firstFlaw(bytes: Uint8Array): Flaw {
  let index = 0;
  while (index < bytes.length) {
    const lead = bytes[index] ?? 0;
    const length = lead < 0x80 ? 1 : sequenceLength(lead);
    if (length === 0) return { start: index, length: 1, reason: 'invalid start byte' };
    for (let offset = 1; offset < length; offset += 1) {
      const byte = bytes[index + offset];
      if (byte === undefined) return { start: index, length: offset, reason: 'unexpected end of data' };
      if (!continues(lead, offset, byte))
        return { start: index, length: offset, reason: 'invalid continuation byte' };
    }
    index += length;
  }
  return { start: index, length: 0, reason: 'unexpected end of data' };
}

function sequenceLength(lead: number): number {
  if (lead >= 0xc2 && lead <= 0xdf) return 2;
  if (lead >= 0xe0 && lead <= 0xef) return 3;
  return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

/** Table 3-7 of the Unicode standard: the valid range of the second byte depends on the first. */
function continues(lead: number, offset: number, byte: number): boolean {
  if ((byte & 0xc0) !== 0x80) return false;
  if (offset > 1) return true;
  if (lead === 0xe0) return byte >= 0xa0;
  if (lead === 0xed) return byte < 0xa0;
  if (lead === 0xf0) return byte >= 0x90;
  return lead !== 0xf4 || byte < 0x90;
}
