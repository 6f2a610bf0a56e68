// Shared by all routes that follow a log: resolves the log's name, and splits text at character boundaries.
import { parseProcessName } from '../config/process-name.ts';
import type { FollowOptions, LogEvent } from '../logs/reading/log-follower.ts';
import { Utf8Chunks } from '../logs/reading/utf8-chunks.ts';
import type { Supervisor } from '../supervisor/supervisor.ts';

/** Follows a log of this daemon. */
export type FollowLog = (path: string, options: FollowOptions) => AsyncIterable<LogEvent>;

/** The log of `name` or `group:name`; null for an unknown name or channel, or without a log. */
export function logPathOf(supervisor: Supervisor, text: string, channel: string): string | null {
  if (channel !== 'stdout' && channel !== 'stderr') return null;
  const { group, name } = parseProcessName(text);
  return supervisor.groups.get(group)?.process(name)?.logPaths[channel] ?? null;
}

/** Splits at character boundaries. `cutBefore`: the first piece may start within a character. */
export async function* wholeCharacters(
  bytes: AsyncIterable<Uint8Array>,
  cutBefore: boolean,
): AsyncGenerator<Uint8Array> {
  const border = new Utf8Chunks(cutBefore);
  for await (const piece of bytes) {
    const whole = border.push(piece);
    if (whole.length > 0) yield whole;
  }
}
