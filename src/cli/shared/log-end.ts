// The last lines of a log, which the protocol only gives by bytes.
import type { Channel, SupervisorClient } from '../../client/supervisor-client.ts';

/** Bytes to ask for at first: a guess at how long a line is. */
const bytesPerLine = 200;
const minBytes = 2048;
const maxEndBytes = 64 * 1024 * 1024;

/** The last `count` lines at most, without their ends. Rejects as RpcClient.call does, with a fault when there is no log. */
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
    // The first of more than enough may have lost its beginning.
    if (lines.length > count) return lines.slice(lines.length - count);
    const isWhole = Buffer.byteLength(text) < bytes || text.length === before;
    if (isWhole || bytes >= maxEndBytes) return lines;
    before = text.length;
  }
}
