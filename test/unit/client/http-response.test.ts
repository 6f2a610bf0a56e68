import { describe, expect, test } from 'bun:test';
import {
  BadResponseError,
  keepsAlive,
  type ResponseHead,
  ResponseReader,
} from '../../../src/client/http-response.ts';

interface Read {
  readonly head: ResponseHead | null;
  readonly body: string;
  readonly done: boolean;
}

/** Reads `text` in pieces of `size` bytes, then the end of the connection if asked. */
function read(text: string, size = text.length, ends = false): Read {
  let head: ResponseHead | null = null;
  let body = '';
  let done = false;
  const reader = new ResponseReader({
    onHead: (it) => {
      head = it;
    },
    onBody: (piece) => {
      body += Buffer.from(piece).toString('latin1');
    },
    onEnd: () => {
      done = true;
    },
  });
  const bytes = Buffer.from(text, 'latin1');
  for (let at = 0; at < bytes.length; at += size) reader.write(bytes.subarray(at, at + size));
  if (ends) reader.end();
  return { head, body, done };
}

function headOf(text: string): ResponseHead {
  const { head } = read(text);
  if (!head) throw new Error('no head');
  return head;
}

const counted = 'HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 5\r\n\r\nhello';
const chunked =
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nA;ext=1\r\n, world\r\n!\r\n0\r\nTrailer: x\r\n\r\n';

describe('a response', () => {
  test.each([1, 2, 3, 7, 1000])('is understood in pieces of %d bytes', (size) => {
    expect(read(counted, size)).toMatchObject({ body: 'hello', done: true });
    expect(read(chunked, size)).toMatchObject({ body: 'hello, world\r\n!', done: true });
  });

  test('has a status, a reason that may be missing, and headers by lower-case name', () => {
    const head = headOf('HTTP/1.1 404 Not Found\r\nX-Name:  value \r\nbroken line\r\n\r\n');
    expect(head).toMatchObject({ version: '1.1', status: 404, reason: 'Not Found' });
    expect(head.headers.get('x-name')).toBe('value');
    expect(headOf('HTTP/1.1 204\r\n\r\n')).toMatchObject({ status: 204, reason: '' });
  });

  test('without a length goes to the end of the connection', () => {
    const text = 'HTTP/1.0 200 OK\r\n\r\nall of it';
    expect(read(text)).toMatchObject({ body: 'all of it', done: false });
    expect(read(text, 4, true)).toMatchObject({ body: 'all of it', done: true });
  });

  test('that is empty ends with its head', () => {
    expect(read('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n').done).toBe(true);
  });

  test('that is cut off is not done', () => {
    expect(read(counted.slice(0, -1), 10, true).done).toBe(false);
    expect(read(chunked.slice(0, -2), 10, true).done).toBe(false);
    expect(read('HTTP/1.1 200', 10, true)).toMatchObject({ head: null, done: false });
  });

  test('drops bytes after its end', () => {
    expect(read(`${counted}more`)).toMatchObject({ body: 'hello', done: true });
  });

  test.each([
    ['another protocol', 'SSH-2.0-OpenSSH\r\n\r\n'],
    ['a status that is no number', 'HTTP/1.1 xx OK\r\n\r\n'],
    ['a negative length', 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n'],
    ['a length beyond all bounds', 'HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n'],
    ['a chunk without a size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n'],
    ['a line without end', `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${'1'.repeat(5000)}`],
    ['a head without end', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(70_000)}`],
  ])('is refused when it is none: %s', (_, text) => {
    expect(() => read(text)).toThrow(BadResponseError);
  });
});

describe('a connection', () => {
  const length = 'Content-Length: 0\r\n\r\n';
  test.each([
    ['HTTP/1.1 with a length', `HTTP/1.1 200 OK\r\n${length}`, true],
    ['Connection: Close', `HTTP/1.1 200 OK\r\nConnection: Close\r\n${length}`, false],
    ['HTTP/1.0', `HTTP/1.0 200 OK\r\n${length}`, false],
    ['HTTP/1.0 that is kept alive', `HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n${length}`, true],
    ['HTTP/1.1 without a length', 'HTTP/1.1 200 OK\r\n\r\n', false],
    ['HTTP/1.1 in chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', true],
  ])('after %s: can it be used again?', (_, text, expected) => {
    expect(keepsAlive(headOf(text))).toBe(expected);
  });
});
