// The last lines that a process wrote: they usually say why it does not run.
import { channels } from '../../config/channel.ts';
import { startOfLastLines } from '../../logs/reading/line-start.ts';
import { withLog } from '../../logs/reading/open-log.ts';
import { readRange } from '../../logs/reading/read-range.ts';
import type { Process } from '../../supervisor/process.ts';
import type { LastOutput } from './api-types.ts';

const linesPattern = 10;
/** Of lines that are longer only the end is shown. */
const maxOutputBytes = 16 * 1024;

/** Of stderr, or of stdout where stderr has no log or an empty one; null when there is nothing. */
export async function lastOutput({ logPaths }: Process): Promise<LastOutput | null> {
  for (const channel of channels.toReversed()) {
    const path = logPaths[channel];
    const text = path === null ? '' : await endOf(path);
    if (text !== '') return { channel, text };
  }
  return null;
}

/** Empty when the log cannot be read. */
function endOf(path: string): Promise<string> {
  return withLog(path, async ({ handle, status }) => {
    const size = Number(status.size);
    const start = await startOfLastLines(handle, size, linesPattern, maxOutputBytes);
    return utf8.decode(await readRange(handle, start, size));
  }).catch(() => '');
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
