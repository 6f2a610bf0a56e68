// A followed log as plain bytes, for clients that take nothing else: gaps and truncation become lines in between.
import type { LogEvent } from './log-follower.ts';

const truncatedNotice = Buffer.from('==> File truncated <==\n');
const lostNotice = Buffer.from('==> Log rotated faster than it was read, output may be missing <==\n');

/** The bytes of `events`, with a notice for each gap or truncation. */
export async function* withNotices(events: AsyncIterable<LogEvent>): AsyncGenerator<Uint8Array> {
  for await (const event of events) {
    if (event.kind === 'truncated') yield truncatedNotice;
    else if (event.kind === 'bytes' && event.bytes.length > 0) yield event.bytes;
    else if (event.kind === 'rotated' && event.lost) yield lostNotice;
  }
}
