// Requests of the daemon to servers that never come to an end.
import { expect, setDefaultTimeout, test } from 'bun:test';
import { createServer, type Socket } from 'node:net';
import { probeHttp, requestStatus } from '../../../../src/supervisor/health/http-probe.ts';

// Much work on a busy machine.
setDefaultTimeout(60_000);

const timeoutMs = 20_000;
const informational = Buffer.from('HTTP/1.1 100 Continue\r\n\r\n'.repeat(1000));

/** Sends `informational` again and again, as fast as the peer reads. */
function flood(socket: Socket): void {
  socket.on('error', () => {});
  const fill = () => {
    if (!socket.destroyed) socket.write(informational, () => setImmediate(fill));
  };
  fill();
}

/** `act` gets the URL of a server that answers each request with `answer`. */
async function serving(answer: (socket: Socket) => void, act: (url: string) => Promise<void>): Promise<void> {
  const server = createServer((socket) => socket.once('data', () => answer(socket)));
  const { promise: listening, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await listening;
  const address = server.address();
  try {
    await act(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`);
  } finally {
    server.close();
  }
}

test('informational responses without end fail the request', async () => {
  await serving(flood, async (url) => {
    await expect(probeHttp({ url, timeoutMs })).rejects.toThrow('too many informational responses');
    await expect(requestStatus(url, AbortSignal.timeout(timeoutMs))).rejects.toThrow(
      'too many informational responses',
    );
  });
});

test('a final response counts after informational ones', async () => {
  const answer = (socket: Socket) =>
    void socket.end('HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n');
  await serving(answer, async (url) => {
    expect(await probeHttp({ url, timeoutMs })).toEqual({ status: 204, text: '' });
    expect(await requestStatus(url, AbortSignal.timeout(timeoutMs))).toBe(204);
  });
});
