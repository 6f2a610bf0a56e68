// The last lines of a process's log: they usually say why it is not running.
import { channels } from '../../config/channel.ts';
import { startOfLastLines } from '../../logs/reading/line-start.ts';
import { withLog } from '../../logs/reading/open-log.ts';
import { readRange } from '../../logs/reading/read-range.ts';
import type { Process } from '../../supervisor/process.ts';
import type { LastOutput } from './api-types.ts';

const linesPattern = 10;
/** Longer output is truncated to its end. */
const maxOutputBytes = 16 * 1024;

/** From stderr, or from stdout if stderr has no log or an empty one; null if both are empty. */
export async function lastOutput({ logPaths }: Process): Promise<LastOutput | null> {
  for (const channel of channels.toReversed()) {
    const path = logPaths[channel];
    const text = path === null ? '' : await endOf(path);
    if (text !== '') return { channel, text };
  }
  return null;
}

/** Empty if the log cannot be read. */
function endOf(path: string): Promise<string> {
  return withLog(path, async ({ handle, status }) => {
    const size = Number(status.size);
    const start = await startOfLastLines(handle, size, linesPattern, maxOutputBytes);
    return utf8.decode(await readRange(handle, start, size));
  }).catch(() => '');
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
