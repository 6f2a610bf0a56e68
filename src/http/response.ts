// Responses of handlers, and their encoding on the wire.
import { version as program } from '../version.ts';
import type { HttpVersion, RequestHead } from './request.ts';

export type HeaderList = readonly (readonly [name: string, value: string])[];

/** Sent chunk by chunk with back-pressure; return()ed when the client leaves. */
export type BodyStream = AsyncIterable<string | Uint8Array>;

export interface HttpResponse {
  readonly status: Status;
  /** Besides Server, Date, Content-Length and Transfer-Encoding. `Connection: close` closes. */
  readonly headers: HeaderList;
  readonly body: string | Uint8Array | BodyStream;
}

/** Every status in use with its reason phrase (RFC 9110, 15). */
export const reasons = {
  200: 'OK',
  301: 'Moved Permanently',
  304: 'Not Modified',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  411: 'Length Required',
  413: 'Content Too Large',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
} as const;

export type Status = keyof typeof reasons;

/** The short HTML page for every error status. */
export function errorResponse(status: Status, headers: HeaderList = []): HttpResponse {
  const body = [
    '<head>',
    '<title>Error response</title>',
    '</head>',
    '<body>',
    '<h1>Error response</h1>',
    `<p>Error code ${status}.`,
    `<p>Message: ${reasons[status]}.`,
    '</body>',
    '',
  ].join('\r\n');
  const all: HeaderList = [
    ...headers,
    ['Content-Length', String(body.length)],
    ['Content-Type', 'text/html'],
  ];
  return { status, headers: all, body };
}

/** An error that leaves the connection unusable, since the end of the request is unknown. */
export function closingError(status: Status): HttpResponse {
  return errorResponse(status, [['Connection', 'close']]);
}

/** The same response, after which the connection is closed. */
export function closing({ headers, ...response }: HttpResponse): HttpResponse {
  const others = headers.filter(([name]) => name !== 'Connection');
  return { ...response, headers: [['Connection', 'close'], ...others] };
}

export function isStream(body: HttpResponse['body']): body is BodyStream {
  return typeof body === 'object' && Symbol.asyncIterator in body;
}

export interface Framing {
  readonly version: HttpVersion;
  readonly chunked: boolean;
  /** HTTP/1.0 needs an explicit keep-alive. */
  readonly sayKeepAlive: boolean;
}

/** Whether the connection is kept alive, by the rules of the request's version (RFC 9112, 9.3). */
export function keepsAlive({ version, headers }: RequestHead, response: HttpResponse): boolean {
  if (response.headers.some(([name, value]) => name === 'Connection' && value === 'close')) return false;
  const wish = headers.get('connection')?.toLowerCase();
  if (version === '1.1') return wish !== 'close';
  return version === '1.0' && wish === 'keep-alive';
}

/** Head and body in one buffer; for HEAD the head alone. */
export function encodeWhole(
  method: string,
  response: HttpResponse,
  body: string | Uint8Array,
  framing: Framing,
): Uint8Array {
  const head = encodeHead(response, framing);
  if (method === 'HEAD') return Buffer.from(head);
  if (typeof body === 'string') return Buffer.from(head + body);
  return Buffer.concat([Buffer.from(head), body]);
}

/** Status line and headers, including the final empty line. */
export function encodeHead(response: HttpResponse, framing: Framing): string {
  const { status, headers, body } = response;
  let head = `HTTP/${framing.version === '1.1' ? '1.1' : '1.0'} ${status} ${reasons[status]}\r\n`;
  head += `Server: ${server}\r\nDate: ${httpDate()}\r\n`;
  for (const [name, value] of headers) head += `${name}: ${value}\r\n`;
  if (!isStream(body) && status !== 304 && !hasLength(headers)) {
    head += `Content-Length: ${Buffer.byteLength(body)}\r\n`;
  }
  if (framing.chunked) head += 'Transfer-Encoding: chunked\r\n';
  if (framing.sayKeepAlive) head += 'Connection: Keep-Alive\r\n';
  return `${head}\r\n`;
}

const server = `tsupervisor/${program}`;

function hasLength(headers: HeaderList): boolean {
  return headers.some(([name]) => name === 'Content-Length');
}

let date = { second: 0, text: '' };

/** The current time as `Sat, 21 Nov 2026 05:23:23 GMT`; cached for a second. */
function httpDate(): string {
  const second = Math.floor(Date.now() / 1000);
  if (second !== date.second) date = { second, text: new Date(second * 1000).toUTCString() };
  return date.text;
}

/** A chunk of a body of unknown length (RFC 9112, 7.1). */
export function encodeChunk(piece: string | Uint8Array): Uint8Array {
  const bytes = Buffer.from(piece);
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
}

export const lastChunk = Buffer.from('0\r\n\r\n');
