import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { eventually } from '../../support/eventually.ts';
import { RawClient } from './raw-client.ts';
import { TestServer } from './test-server.ts';

let server: TestServer;
beforeEach(() => {
  server = new TestServer();
});
afterEach(() => server.stop());

const connect = () => RawClient.connect(server.path);
const GET = (path: string, ...fields: string[]) =>
  `${[`GET ${path} HTTP/1.1`, 'Host: localhost', ...fields].join('\r\n')}\r\n\r\n`;
const withoutDate = (text: string) =>
  text.replace(/Server: .*\r\n/, '').replace(/Date: \w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT\r\n/, '');

describe('an answer', () => {
  test('has the header of the original, in its order', async () => {
    const client = await connect();
    client.send(GET('/ok.html'));
    expect(await client.until('OK', 2)).toMatch(
      /^HTTP\/1\.1 200 OK\r\nServer: tsupervisor\/[\d.]+\r\nDate: \w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT\r\nContent-Type: text\/plain\r\nContent-Length: 2\r\n\r\nOK$/,
    );
  });

  test('counts bytes, not characters', async () => {
    const client = await connect();
    client.send(GET('/later'));
    await eventually(() => server.later.length === 1, { what: 'the request' });
    server.later[0]?.resolve('é😀');
    expect(await client.until('é😀')).toContain('Content-Length: 6\r\n');
  });

  test('with an error has the page of the original', async () => {
    const client = await connect();
    client.send(GET('/nope'));
    expect(withoutDate(await client.until('</body>\r\n'))).toBe(
      'HTTP/1.1 404 Not Found\r\nContent-Length: 134\r\nContent-Type: text/html\r\n\r\n' +
        '<head>\r\n<title>Error response</title>\r\n</head>\r\n<body>\r\n<h1>Error response</h1>\r\n' +
        '<p>Error code 404.\r\n<p>Message: Not Found.\r\n</body>\r\n',
    );
  });

  test.each([
    ['/broken', 'it broke'],
    ['/rejected', 'it was rejected'],
  ])('of a handler that fails at %s is 500, and the log says why', async (path, reason) => {
    const client = await connect();
    client.send(GET(path) + GET('/ok.html'));
    expect(await client.until('\r\n\r\nOK')).toContain('HTTP/1.1 500 Internal Server Error\r\n');
    expect(server.log.join('\n')).toContain(`ERRO ${server.path}:Server Error: Error: ${reason}`);
  });

  test('leaves a line in the access log', async () => {
    const client = await connect();
    client.send(GET('/ok.html?a=b'));
    const bytes = Buffer.byteLength(await client.until('\r\n\r\nOK'));
    expect(server.log.join('\n')).toMatch(
      new RegExp(
        `^TRAC localhost:0 - - \\[\\d\\d/\\w{3}/\\d{4}:[\\d:]{8} [+-]\\d{4}\\] "GET /ok\\.html\\?a=b HTTP/1\\.1" 200 ${bytes}$`,
      ),
    );
  });
});

describe('a client that expects to be told to go on', () => {
  const post = (path: string, fields: string, version = '1.1') =>
    `POST ${path} HTTP/${version}\r\nContent-Length: 5\r\n${fields}\r\n`;

  test('is, before it sends the body', async () => {
    const client = await connect();
    for (const times of [1, 2]) {
      client.send(post('/RPC2', 'Expect: 100-Continue\r\n'));
      await client.until('HTTP/1.1 100 Continue\r\n\r\n', times);
      client.send('hello');
      await client.until('\r\n\r\nbody 5', times);
    }
  });

  test('gets the refusal instead of it, and need not send the body', async () => {
    const client = await connect();
    client.send(post('/nope', 'Expect: 100-continue\r\n'));
    const answer = await client.untilClosed();
    expect(answer).toStartWith('HTTP/1.1 400 Bad Request\r\n');
    expect(answer).toContain('\r\nConnection: close\r\n');
  });

  test.each([
    ['of HTTP/1.0', 'Expect: 100-continue\r\n', '1.0'],
    ['that expects something else', 'Expect: tea\r\n', '1.1'],
  ])('is not when it is one %s', async (_, fields, version) => {
    const client = await connect();
    client.send(`${post('/RPC2', fields, version)}hello`);
    expect(await client.until('body 5')).not.toContain('100 Continue');
  });
});

describe('the connection', () => {
  test.each([
    ['GET /ok.html HTTP/1.1\r\n\r\n', 'open', null],
    ['GET /ok.html HTTP/1.1\r\nConnection: whatever\r\n\r\n', 'open', null],
    ['GET /ok.html HTTP/1.1\r\nConnection: Close\r\n\r\n', 'closed', null],
    ['GET /ok.html HTTP/1.0\r\n\r\n', 'closed', null],
    ['GET /ok.html HTTP/1.0\r\nconnection: keep-alive\r\n\r\n', 'open', 'Keep-Alive'],
    ['GET /ok.html\r\n\r\n', 'closed', null],
  ])('after %p is %s', async (request, afterwards, announced) => {
    const client = await connect();
    client.send(request);
    const answer = await client.until('\r\n\r\nOK');
    expect(/^Connection: (.*)\r$/m.exec(answer)?.[1] ?? null).toBe(announced);
    expect(answer.slice(0, 8)).toBe(request.includes('HTTP/1.1') ? 'HTTP/1.1' : 'HTTP/1.0');
    if (afterwards === 'closed') expect(await client.untilClosed()).toBe(answer);
    else {
      client.send(GET('/ok.html'));
      await client.until('\r\n\r\nOK', 2);
      expect(client.isClosed).toBe(false);
    }
  });

  test('takes requests in pieces of any size', async () => {
    const client = await connect();
    for (const byte of 'POST /RPC2 HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc') {
      client.send(byte);
      // The server is in this event loop: it reads before the next piece comes.
      await turnOfLoop();
    }
    await client.until('body 3');
  });

  test('answers pipelined requests in order, also behind one that has to wait', async () => {
    const client = await connect();
    client.send(GET('/later') + GET('/ok.html') + GET('/later') + GET('/nope'));
    await eventually(() => server.later.length === 1, { what: 'the first request' });
    expect(client.text).toBe('');
    server.later[0]?.resolve('one');
    await client.until('\r\n\r\nOK');
    await eventually(() => server.later.length === 2, { what: 'the third request' });
    server.later[1]?.resolve('three');
    const answers = await client.until('</body>');
    expect(answers.match(/\r\n\r\n(one|OK|three)|404/g)).toEqual([
      '\r\n\r\none',
      '\r\n\r\nOK',
      '\r\n\r\nthree',
      '404',
      '404',
    ]);
  });

  test('answers thousands of pipelined requests, each of them', async () => {
    const client = await connect();
    client.send(GET('/ok.html').repeat(5000));
    client.shutdown();
    expect((await client.untilClosed()).split('HTTP/1.1 200 OK').length - 1).toBe(5000);
  });

  test('accepts empty lines before a request and after it, as the Python tail client sends them', async () => {
    const client = await connect();
    client.send('\r\n\r\nGET /ok.html HTTP/1.1\r\nHost: \r\n\r\n\r\n');
    await client.until('\r\n\r\nOK');
    client.send(GET('/ok.html'));
    await client.until('\r\n\r\nOK', 2);
  });

  test('of a client that ended its sending side still carries the answer', async () => {
    const client = await connect();
    client.send(GET('/later'));
    client.shutdown();
    await eventually(() => server.later.length === 1, { what: 'the request' });
    server.later[0]?.resolve('late');
    expect(await client.untilClosed()).toEndWith('\r\n\r\nlate');
  });

  test('that was left before the answer harms nobody', async () => {
    const client = await connect();
    client.send(GET('/later'));
    await eventually(() => server.later.length === 1, { what: 'the request' });
    client.close();
    await eventually(() => server.connections === 0, { what: 'the server to see it' });
    server.later[0]?.resolve('nobody hears this');
    const other = await connect();
    other.send(GET('/ok.html'));
    await other.until('\r\n\r\nOK');
  });
});

describe('a wrong request', () => {
  test.each([
    ['a line of nonsense', 'hello\r\n\r\n', 'HTTP/1.1 400 Bad Request', 'closed'],
    ['GET on /RPC2', 'GET /RPC2 HTTP/1.1\r\n\r\n', 'HTTP/1.1 400 Bad Request', 'open'],
    ['post', 'post /RPC2 HTTP/1.1\r\nContent-Length: 1\r\n\r\nx', 'HTTP/1.1 400 Bad Request', 'open'],
    ['PUT', 'PUT /nope HTTP/1.1\r\nContent-Length: 1\r\n\r\nx', 'HTTP/1.1 400 Bad Request', 'open'],
    ['POST without a length', 'POST /RPC2 HTTP/1.1\r\n\r\n', 'HTTP/1.1 411 Length Required', 'open'],
    [
      'a coded body',
      'POST /RPC2 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      'HTTP/1.1 411 Length Required',
      'closed',
    ],
    [
      'a length that is no number',
      'POST /RPC2 HTTP/1.1\r\nContent-Length: x\r\n\r\n',
      'HTTP/1.1 400 Bad Request',
      'closed',
    ],
    [
      'a negative length',
      'POST /RPC2 HTTP/1.1\r\nContent-Length: -5\r\n\r\nhello',
      'HTTP/1.1 400 Bad Request',
      'closed',
    ],
    [
      'a body of 100 MB',
      'POST /RPC2 HTTP/1.1\r\nContent-Length: 104857600\r\n\r\n',
      'HTTP/1.1 413 Content Too Large',
      'closed',
    ],
    [
      'a header without end',
      `GET /${'x'.repeat(40_000)} HTTP/1.1\r\n`,
      'HTTP/1.1 431 Request Header Fields Too Large',
      'closed',
    ],
    ['an unknown path without version', 'GET /nope\r\n\r\n', 'HTTP/1.0 404 Not Found', 'closed'],
  ])('(%s) is answered', async (_, request, statusLine, afterwards) => {
    const client = await connect();
    client.send(request);
    expect(await client.until('</body>\r\n')).toStartWith(`${statusLine}\r\n`);
    if (afterwards === 'closed') await client.untilClosed();
    else {
      client.send(GET('/ok.html'));
      await client.until('\r\n\r\nOK');
    }
  });

  test('has its body read away and not taken for the next request', async () => {
    const client = await connect();
    client.send(
      `POST /nope HTTP/1.1\r\nContent-Length: 27\r\n\r\nGET /ok.html HTTP/1.1\r\n\r\n\r\n${GET('/ok.html')}`,
    );
    await client.until('\r\n\r\nOK');
    client.send(GET('/nope'));
    expect((await client.until('404.', 1)).match(/HTTP\/1\.1 \d+/g)).toEqual([
      'HTTP/1.1 400',
      'HTTP/1.1 200',
      'HTTP/1.1 404',
    ]);
  });

  test('by HEAD gets a header and no body', async () => {
    const client = await connect();
    client.send(`HEAD /ok.html HTTP/1.1\r\n\r\n${GET('/ok.html')}`);
    expect(await client.until('\r\n\r\nOK')).toMatch(
      /^HTTP\/1\.1 404 .*Content-Length: 134\r\n[^<]*\r\n\r\nHTTP\/1\.1 200/s,
    );
  });
});

describe('a stream', () => {
  test('is chunked in HTTP/1.1 and ends when the client leaves', async () => {
    const client = await connect();
    client.send(GET('/stream'));
    expect(await client.until('first')).toEndWith('Transfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n');
    client.close();
    await eventually(() => server.streamsLeft === 1, { what: 'the stream to end' });
  });

  test.each([
    ['GET /stream?short HTTP/1.0\r\n\r\n'],
    ['GET /stream?short HTTP/1.1\r\nConnection: close\r\n\r\n'],
  ])('asked for by %p is as it is and ends with the connection', async (request) => {
    const client = await connect();
    client.send(request);
    expect(await client.untilClosed()).toEndWith('Content-Type: text/plain\r\n\r\nfirstlast');
  });

  test('waits for a reader that is slow and keeps hardly anything for it', async () => {
    const client = await connect();
    client.send(GET('/stream?flood'));
    await client.until('first');
    client.stopReading();
    await eventually(() => server.bufferedBytes.some((bytes) => bytes > 0), { what: 'it to be held up' });
    for (let turn = 0; turn < 50; turn += 1) await turnOfLoop();
    // The rest is what the kernel keeps.
    expect(server.pieces * 65536 - client.byteCount).toBeLessThan(1_000_000);
    expect(Math.max(...server.bufferedBytes)).toBeLessThan(2 * 65536);
    const seen = client.byteCount;
    client.readAgain();
    await eventually(() => client.byteCount > seen + 1_000_000, { what: 'the stream to go on' });
    client.close();
    await eventually(() => server.streamsLeft === 1, { what: 'the stream to end' });
  });
});

describe('a big answer', () => {
  test('arrives whole, however slowly it is read', async () => {
    const client = await connect();
    client.stopReading();
    client.send(GET('/big?8000000') + GET('/ok.html'));
    await eventually(() => server.bufferedBytes.some((bytes) => bytes > 0), { what: 'it to be held up' });
    client.readAgain();
    await eventually(() => client.byteCount > 8_000_000 && client.text.endsWith('OK'), {
      what: 'the answers',
    });
    expect(/x{9,}/.exec(client.text)?.[0].length).toBe(8_000_000);
  });
});

function turnOfLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
