// Against real sockets: what a server may do to a client.
import { afterAll, afterEach, describe, expect, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RpcClient } from '../../../src/client/rpc-client.ts';
import { encodeFault, encodeResponse } from '../../../src/xmlrpc/encode.ts';

type Answer = (request: string) => { readonly text: string; readonly close?: boolean };

const directory = mkdtempSync(join(tmpdir(), 'tsv-client-'));
const path = join(directory, 's.sock');
const server = { url: `unix://${path}`, credentials: null };

let listener: { stop(force: boolean): void } | null = null;
let connections = 0;
const requests: string[] = [];

afterAll(() => rmSync(directory, { recursive: true }));
afterEach(() => {
  listener?.stop(true);
  listener = null;
  connections = 0;
  requests.length = 0;
  rmSync(path, { force: true });
});

function serve(answer: Answer): RpcClient {
  listener = Bun.listen({
    unix: path,
    socket: {
      open() {
        connections += 1;
      },
      data(socket, bytes) {
        requests.push(bytes.toString());
        const { text, close } = answer(bytes.toString());
        socket.write(text);
        if (close) socket.end();
      },
    },
  });
  return new RpcClient(server);
}

function response(body: string, headers = ''): string {
  return `HTTP/1.1 200 OK\r\n${headers}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

describe('a call', () => {
  test('carries the method and its parameters, and brings the result', async () => {
    const client = serve(() => ({ text: response(encodeResponse(['grün', 1, true])) }));
    expect(await client.call('supervisor.x', 'a<b', 5)).toEqual(['grün', 1, true]);
    expect(requests[0]).toStartWith('POST /RPC2 HTTP/1.1\r\nHost: localhost\r\n');
    expect(requests[0]).toContain('<methodName>supervisor.x</methodName>');
    expect(requests[0]).toContain('<string>a&lt;b</string>');
    expect(requests[0]).not.toContain('Authorization');
    client.close();
  });

  test('shows credentials when there are some', async () => {
    serve(() => ({ text: response(encodeResponse(1)) }));
    const client = new RpcClient({ ...server, credentials: { username: 'a', password: 'b:c' } });
    await client.call('x.y');
    expect(requests[0]).toContain(`Authorization: Basic ${btoa('a:b:c')}\r\n`);
    client.close();
  });

  test('uses the same connection again', async () => {
    const client = serve(() => ({ text: response(encodeResponse(1)) }));
    await client.call('x.y');
    await client.call('x.y');
    expect(connections).toBe(1);
    client.close();
  });

  test('takes a new connection when the server said that it closes the old one', async () => {
    const client = serve(() => ({ text: response(encodeResponse(1), 'Connection: close\r\n'), close: true }));
    await client.call('x.y');
    await client.call('x.y');
    expect(connections).toBe(2);
    client.close();
  });

  test('brings an answer of many megabytes', async () => {
    const log = 'x'.repeat(8 * 1024 * 1024);
    const big = Bun.serve({ unix: path, fetch: () => new Response(encodeResponse(log)) });
    const client = new RpcClient(server);
    expect(await client.call('x.y')).toBe(log);
    client.close();
    await big.stop(true);
  });
});

describe('a call that fails', () => {
  const unauthorized = 'HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n';
  const failures: readonly (readonly [string, Answer, object])[] = [
    [
      'a fault',
      () => ({ text: response(encodeFault(10, 'BAD_NAME: x')) }),
      { name: 'FaultError', code: 10, text: 'BAD_NAME: x' },
    ],
    [
      'a status',
      () => ({ text: unauthorized }),
      { name: 'HttpStatusError', status: 401, reason: 'Unauthorized' },
    ],
    ['a close without a word', () => ({ text: '', close: true }), { name: 'ConnectionError', code: 'EOF' }],
    [
      'a close in the middle',
      () => ({ text: response('x'.repeat(99)).slice(0, -9), close: true }),
      { name: 'ConnectionError', code: 'EOF' },
    ],
    ['something else than HTTP', () => ({ text: '220 smtp\r\n\r\n' }), { name: 'BadResponseError' }],
    ['something else than XML-RPC', () => ({ text: response('<html>') }), { name: 'XmlRpcError' }],
  ];

  test.each(failures)('says so: %s', async (_, answer, error) => {
    const client = serve(answer);
    expect(await failureOf(client)).toMatchObject(error);
    client.close();
  });

  test('says so: no socket, or no listener', async () => {
    const client = new RpcClient(server);
    expect(await failureOf(client)).toMatchObject({ name: 'ConnectionError', code: 'ENOENT' });
    await Bun.write(path, '');
    expect(await failureOf(client)).toMatchObject({ name: 'ConnectionError', code: 'ECONNREFUSED' });
  });
});

async function failureOf(client: RpcClient): Promise<unknown> {
  return client.call('x.y').then(
    () => null,
    (error: unknown) => error,
  );
}
