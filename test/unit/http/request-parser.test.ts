import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { RequestHead } from '../../../src/http/request.ts';
import { maxHeadBytes, type ParserEvent, RequestParser } from '../../../src/http/request-parser.ts';

/** All events of a stream given in pieces, with neighbouring pieces of body joined. */
function parse(...pieces: readonly Uint8Array[]): ParserEvent[] {
  const parser = new RequestParser();
  const events: ParserEvent[] = [];
  for (const piece of pieces) {
    parser.push(piece);
    for (let event = parser.next(); event !== null; event = parser.next()) {
      const last = events.at(-1);
      if (event.kind === 'body' && last?.kind === 'body') {
        events[events.length - 1] = { kind: 'body', bytes: Buffer.concat([last.bytes, event.bytes]) };
      } else events.push(event);
    }
  }
  return events.map((event) =>
    event.kind === 'body' ? { ...event, bytes: Buffer.from(event.bytes) } : event,
  );
}

const parseText = (text: string) => parse(Buffer.from(text));
function headOf(text: string): RequestHead {
  const [event] = parseText(text);
  if (event?.kind !== 'head') throw new Error(`no head but ${event?.kind}`);
  return event.head;
}
const kinds = (text: string) => parseText(text).map((event) => event.kind);

describe('a stream of requests', () => {
  const token = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,8}$/);
  const request = fc
    .record({
      blank: fc.nat(2),
      method: fc.constantFrom('GET', 'POST', 'HEAD'),
      target: fc.stringMatching(/^\/([a-z0-9?=&]|%41){0,12}$/),
      version: fc.constantFrom(' HTTP/1.0', ' HTTP/1.1', ''),
      fields: fc.array(fc.tuple(token, fc.stringMatching(/^[ -~é]{0,12}$/)), { maxLength: 4 }),
      body: fc.option(fc.uint8Array({ maxLength: 40 }), { nil: null }),
    })
    .map(({ blank, method, target, version, fields, body }) => {
      const lines = fields
        .filter(([name]) => !/^(content-length|transfer-encoding)$/i.test(name))
        .map(([name, value]) => `${name}: ${value}`);
      if (body) lines.push(`Content-Length: ${body.length}`);
      const head = `${'\r\n'.repeat(blank)}${[`${method} ${target}${version}`, ...lines].join('\r\n')}\r\n\r\n`;
      return Buffer.concat([Buffer.from(head), body ?? Buffer.alloc(0)]);
    });

  test('means the same however it is cut into pieces', () => {
    const stream = fc.oneof(
      fc.array(request, { minLength: 1, maxLength: 4 }).map((parts) => Buffer.concat(parts)),
      fc.uint8Array({ maxLength: 200 }),
      fc.stringMatching(/^[A-Z \r\n:/.1]{0,60}$/).map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(stream, fc.array(fc.nat(), { maxLength: 12 }), (bytes, cuts) => {
        const points = [
          0,
          ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b),
          bytes.length,
        ];
        const pieces = points.slice(1).map((point, index) => bytes.subarray(points[index], point));
        expect(parse(...pieces)).toEqual(parse(bytes));
      }),
      { numRuns: 500 },
    );
  });

  test('byte by byte gives every body as it was', () => {
    fc.assert(
      fc.property(fc.array(request, { minLength: 1, maxLength: 3 }), (requests) => {
        const bytes = Buffer.concat(requests);
        const events = parse(...Array.from(bytes, (byte) => Uint8Array.of(byte)));
        expect(events.filter(({ kind }) => kind === 'head').length).toBe(requests.length);
        expect(events.at(-1)?.kind).toBe('end');
      }),
    );
  });

  test('waits in the parser until it is asked for', () => {
    const parser = new RequestParser();
    parser.push(Buffer.from('GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n'));
    expect([parser.next()?.kind, parser.next()?.kind]).toEqual(['head', 'end']);
    expect(parser.pendingBytes).toBe(19);
  });
});

describe('a request line', () => {
  test('is taken apart, its path decoded and its query left as it is', () => {
    expect(headOf('GET /logtail/a%3Ab%C3%A9?x=%20 HTTP/1.1\r\n\r\n')).toMatchObject({
      line: 'GET /logtail/a%3Ab%C3%A9?x=%20 HTTP/1.1',
      method: 'GET',
      path: '/logtail/a:bé',
      query: 'x=%20',
      version: '1.1',
    });
  });

  test.each([
    ['GET /', 'none'],
    ['GET / HTTP/1.0', '1.0'],
    ['GET / HTTP/1.1', '1.1'],
    ['GET / HTTP/2.0', '1.1'],
  ] as const)('%s is answered as version %s', (line, version) => {
    expect(headOf(`${line}\r\n\r\n`).version).toBe(version);
  });

  test('may hold a percent sign that escapes nothing', () => {
    expect(headOf('GET /100%/%zz HTTP/1.1\r\n\r\n').path).toBe('/100%/%zz');
  });

  test.each([
    'hello',
    'GET  / HTTP/1.1',
    'GET / FOO/1.1',
    'GET / HTTP/1.1 ',
    ' GET / HTTP/1.1',
    'GET /%ff HTTP/1.1',
    'GET /\xff HTTP/1.1',
  ])('%p is refused', (line) => {
    expect(parse(Buffer.from(`${line}\r\n\r\n`, 'latin1')).map((event) => event.kind)).toEqual(['refused']);
  });
});

describe('header fields', () => {
  test('have names without case and values without blanks around', () => {
    const { headers } = headOf(
      'GET / HTTP/1.1\r\nHOST:  a b \r\nX-Empty:\r\nX-Space: \t\u00a0a\u00a0\t \r\n\r\n',
    );
    expect([...headers]).toEqual([
      ['host', 'a b'],
      ['x-empty', ''],
      ['x-space', '\u00a0a\u00a0'],
    ]);
  });

  test('that another program could read otherwise are refused', () => {
    for (const field of [
      'Content-Length : 5',
      'Transfer-Encoding\t: chunked',
      'X: a\nContent-Length: 5',
      'X: a\rContent-Length: 5',
      'X: a\0b',
      'Content-Length\x0b: 5',
      'Transfer-Encoding\u00a0: chunked',
      'Transfer-Encoding chunked',
      'no field',
      ': no name',
      'Host: a\r\nX: b\r\nhost: c',
      'Host: a\r\nHost: a',
    ]) {
      expect(kinds(`POST / HTTP/1.1\r\n${field}\r\n\r\nhello`)).toEqual(['refused']);
    }
    expect(kinds('GET / HTTP/1.1\r\nHost: a : b\r\n\r\n')).toEqual(['head', 'end']);
  });

  test('may be folded, but not the first', () => {
    expect(headOf('GET / HTTP/1.1\r\nA: b\r\n  c\r\n\r\n').headers.get('a')).toBe('b c');
    expect(kinds('GET / HTTP/1.1\r\n A: b\r\n\r\n')).toEqual(['refused']);
  });

  test('end at an empty line that ends with CR LF and no other', () => {
    expect(kinds('GET / HTTP/1.1\nHost: a\n\n')).toEqual([]);
  });

  test('beyond the limit are refused, whether or not they come to an end', () => {
    const long = `GET / HTTP/1.1\r\nA: ${'x'.repeat(maxHeadBytes)}`;
    expect(parseText(long)).toMatchObject([{ kind: 'refused', status: 431 }]);
    expect(parseText(`${long}\r\n\r\n`)).toMatchObject([{ kind: 'refused', status: 431 }]);
  });
});

describe('the length of the body', () => {
  test.each([
    ['Host: x', { kind: 'none' }],
    ['Content-Length: 5', { kind: 'bytes', bytes: 5 }],
    ['Content-Length:5', { kind: 'bytes', bytes: 5 }],
    ['content-length: 5\r\nContent-Length: 5', { kind: 'bytes', bytes: 5 }],
    ['Content-Length: 5\r\nContent-Length: 6', { kind: 'wrong', text: '5' }],
    ['Content-Length: x', { kind: 'wrong', text: 'x' }],
    ['Content-Length: -1', { kind: 'wrong', text: '-1' }],
    ['Content-Length: +5', { kind: 'wrong', text: '+5' }],
    ['Content-Length: 1_0', { kind: 'wrong', text: '1_0' }],
    ['Content-Length: 5\u00a0', { kind: 'wrong', text: '5\u00a0' }],
    ['Content-Length: \u0665', { kind: 'wrong', text: '\u0665' }],
    ['Content-Length: 99999999999999999999', { kind: 'wrong', text: '99999999999999999999' }],
    ['Content-Length: 5\r\nTransfer-Encoding: chunked', { kind: 'coded' }],
  ] as const)('%p gives %p', (field, expected) => {
    expect(headOf(`POST / HTTP/1.1\r\n${field}\r\n\r\n`).contentLength).toEqual(expected);
  });
});

describe('stray line ends', () => {
  test('before a request are passed over and are no request', () => {
    const parser = new RequestParser();
    parser.push(Buffer.from('\r\n\r\n'));
    expect(parser.next()).toBeNull();
    expect(parser.isInsideRequest).toBe(false);
    parser.push(Buffer.from('\r\nGET / HTTP/1.1\r\n\r\n'));
    expect(parser.next()?.kind).toBe('head');
  });
});

describe('after a refusal', () => {
  test('nothing is kept and nothing more is told', () => {
    const parser = new RequestParser();
    parser.push(Buffer.from('hello\r\n\r\nGET / HTTP/1.1\r\n\r\n'));
    expect(parser.next()).toEqual({ kind: 'refused', status: 400, line: 'hello' });
    parser.push(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
    expect(parser.next()).toBeNull();
    expect(parser.pendingBytes).toBe(0);
  });
});
