// A followed log as bytes alone, for clients that know nothing but bytes: what else is to be said of it stands between
// them as a line.
import type { LogEvent } from './log-follower.ts';

const truncatedNotice = Buffer.from('==> File truncated <==\n');
const lostNotice = Buffer.from('==> Log rotated faster than it was read, output may be missing <==\n');

/** The bytes of `events`, with notices where something is missing or begins anew. */
export async function* withNotices(events: AsyncIterable<LogEvent>): AsyncGenerator<Uint8Array> {
  for await (const event of events) {
    if (event.kind === 'truncated') yield truncatedNotice;
    else if (event.kind === 'bytes' && event.bytes.length > 0) yield event.bytes;
    else if (event.kind === 'rotated' && event.lost) yield lostNotice;
  }
}
