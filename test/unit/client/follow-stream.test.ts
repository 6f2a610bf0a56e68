// Streams that servers end, refuse or cut: real connections to a server that sends what the test says.
import { afterEach, describe, expect, test } from 'bun:test';
import { type FollowEnd, followStream, type StreamOptions } from '../../../src/client/follow-stream.ts';

let server: Bun.TCPSocketListener<undefined> | null = null;
afterEach(() => server?.stop(true));

const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';

/** What comes of a server that answers with `answer` and closes: the body, and how it ended. */
async function follow(answer: string, options: StreamOptions = {}): Promise<[string, FollowEnd]> {
  server = Bun.listen({
    hostname: '127.0.0.1',
    port: 0,
    socket: {
      data(socket) {
        socket.write(answer);
        socket.end();
      },
    },
  });
  let body = '';
  const end = await followStream(
    { url: `http://127.0.0.1:${server.port}`, credentials: null },
    '/logtail/web',
    (bytes) => {
      body += Buffer.from(bytes).toString();
    },
    new AbortController().signal,
    options,
  );
  return [body, end];
}

describe('a stream', () => {
  test('ends where the server ends it', async () => {
    for (const hasEnd of [false, true]) {
      const ended = await follow(`${head}3\r\nabc\r\n0\r\n\r\n`, { hasEnd });
      expect(ended).toEqual(['abc', { kind: 'ended' }]);
    }
  });

  test('that has no end may be cut, one that has an end may not', async () => {
    expect(await follow(`${head}3\r\nabc\r\n`)).toEqual(['abc', { kind: 'ended' }]);
    const [body, end] = await follow(`${head}3\r\nabc\r\n`, { hasEnd: true });
    expect([body, end.kind]).toEqual(['abc', 'failed']);
  });

  test('that never starts has failed, or was refused', async () => {
    expect((await follow(''))[1].kind).toBe('failed');
    const refusal = 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n';
    expect((await follow(refusal))[1]).toEqual({ kind: 'refused', status: 404 });
  });
});
