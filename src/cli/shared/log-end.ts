// The last lines of a log; the protocol only offers bytes.
import type { Channel, SupervisorClient } from '../../client/supervisor-client.ts';

/** Estimated line length for the first request. */
const bytesPerLine = 200;
const minBytes = 2048;
const maxEndBytes = 64 * 1024 * 1024;

/** At most `count` last lines, without line ends. Rejects like RpcClient.call, with a fault if there is no log. */
export async function readLogEnd(
  client: SupervisorClient,
  name: string,
  channel: Channel,
  count: number,
): Promise<readonly string[]> {
  let before = -1;
  for (let bytes = Math.max(minBytes, count * bytesPerLine); ; bytes *= 4) {
    const text = await client.readProcessLog(name, channel, -bytes, 0);
    const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
    // The first of more lines than needed may be truncated.
    if (lines.length > count) return lines.slice(lines.length - count);
    const isWhole = Buffer.byteLength(text) < bytes || text.length === before;
    if (isWhole || bytes >= maxEndBytes) return lines;
    before = text.length;
  }
}
