// Bytes on the wire: the same requests to the original and to ours, compared down to the header's lines.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { RawClient } from '../../integration/http/raw-client.ts';
import { Daemon, original } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';

const config =
  '[program:café]\ncommand=/bin/cat\nstdout_logfile=%(here)s/cat.log\nredirect_stderr=true\nstartsecs=0\n';

const call = (method: string, params: string, lines: readonly string[], version = '1.1') => {
  const body = `<?xml version='1.0'?>\n<methodCall>\n<methodName>${method}</methodName>\n<params>\n${params}</params>\n</methodCall>\n`;
  const head = [
    `POST /RPC2 HTTP/${version}`,
    'Host: localhost',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...lines,
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
};
const getState = (...lines: string[]) => call('supervisor.getState', '', lines);
const info = (value: string) =>
  call('supervisor.getProcessInfo', `<param><value>${value}</value></param>`, []);
const post = (body: string, path = '/RPC2') =>
  `POST ${path} HTTP/1.1\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
const methodCall = (inner: string) => post(`<methodCall>${inner}</methodCall>`);
const readLog = (offset: string) =>
  methodCall(
    `<methodName>supervisor.readProcessLog</methodName><params><param><value>café</value></param><param><value>${offset}</value></param><param><value><int>0</int></value></param></params>`,
  );

/** What both answer alike. */
const same: Readonly<Record<string, string>> = {
  'getState over HTTP/1.1': getState(),
  'getState over HTTP/1.0': call('supervisor.getState', '', [], '1.0'),
  'getState over HTTP/1.0 with keep-alive': call(
    'supervisor.getState',
    '',
    ['Connection: Keep-Alive'],
    '1.0',
  ),
  'getState with Connection: close': getState('Connection: close'),
  'a useless Authorization': getState('Authorization: Basic Og=='),
  'two pipelined calls': getState() + call('supervisor.getAPIVersion', '', []),
  'a longer path': post('', '/RPC2').replace('POST /RPC2', 'GET /RPC2/x?y'),
  'a percent-encoded path': getState().replace('/RPC2', '/%52PC2'),
  'another case': getState()
    .replace('/RPC2', '/rpc2')
    .replace(/Content-Length: \d+/, 'Content-Length: 0'),
  'a name that is not ASCII': info('<string>café</string>'),
  'a fault with markup': info('<string>nö "such" &lt;&amp;&gt;</string>'),
  'an unknown method': call('supervisor.nosuch', '', []),
  'too few arguments': call('supervisor.getProcessInfo', '', []),
  methodSignature: call(
    'system.methodSignature',
    '<param><value>supervisor.startProcess</value></param>',
    [],
  ),
  listMethods: call('system.listMethods', '', []),
  'GET on /RPC2': 'GET /RPC2 HTTP/1.1\r\n\r\n',
  'a POST without a length': 'POST /RPC2 HTTP/1.1\r\n\r\n',
  'text that is no XML': post('hello'),
  'an unclosed element': post('<methodCall>'),
  'no method name': methodCall('<params/>'),
  'an empty method name': methodCall('<methodName/>'),
  'a method name with blanks': methodCall('<methodName> supervisor.getState </methodName>'),
  'no params element': methodCall('<methodName>supervisor.getState</methodName>'),
  'another root': post('<foo><methodName>supervisor.getAPIVersion</methodName></foo>'),
  'two method names': methodCall(
    '<methodName>x.y</methodName><methodName>supervisor.getAPIVersion</methodName>',
  ),
  'text behind the root': post('<methodCall><methodName>supervisor.getState</methodName></methodCall>x'),
  'an undefined entity': methodCall('<methodName>&nosuch;</methodName>'),
  'a control character': methodCall('<methodName>&#1;</methodName>'),
  'an integer that is none': readLog('<int>x</int>'),
  'an integer without digits': readLog('<int></int>'),
  'an i4 with blanks': readLog('<i4> -4 </i4>'),
  'an integer with a sign and an underscore': readLog('<int>+1_0</int>'),
  'an i8': readLog('<i8>6</i8>'),
  'a double': readLog('<double>7.9</double>'),
  'a double with underscores': readLog('<double>0_7.9e0_0</double>'),
  'a boolean': readLog('<boolean>1</boolean>'),
  base64: info('<base64>Y2Fmw6k=</base64>'),
  'base64 that is no text': info('<base64>/w==</base64>'),
  'base64 without padding': info('<base64>Y2E</base64>'),
  'CDATA and a comment': info('<string><![CDATA[ca]]>f<!-- -->é</string>'),
  'a value without a type': info('café'),
  'a bad date': info('<dateTime.iso8601>2026-01-01</dateTime.iso8601>'),
  'a member without value': info('<struct><member><name>a</name></member></struct>'),
  'an array without data': info('<array></array>'),
  'a param without value': methodCall('<methodName>a.b</methodName><params><param/></params>'),
  'an unknown path': 'GET /nope HTTP/1.1\r\n\r\n',
  'the health page': 'GET /ok.html HTTP/1.1\r\n\r\n',
  'the tail of nobody': 'GET /logtail/nosuch HTTP/1.1\r\n\r\n',
  'the tail of a channel without log': 'GET /logtail/caf%C3%A9/stderr HTTP/1.1\r\n\r\n',
  'the tail of an unknown channel': 'GET /logtail/caf%C3%A9/stdin HTTP/1.1\r\n\r\n',
  'the tail of a channel in capitals': 'GET /logtail/caf%C3%A9/STDOUT HTTP/1.1\r\n\r\n',
  'a POST to /logtail': post('', '/logtail/x').replace('Content-Length: 0\r\n', ''),
};

interface Difference {
  readonly request: string;
  /** The beginning of our answer. */
  readonly ours: string;
}

/** Where the original does what nobody can want: hangs, closes without a word, takes a body for a request. */
const different: Readonly<Record<string, Difference>> = {
  nonsense: { request: 'hello\r\n\r\n', ours: 'HTTP/1.1 400 Bad Request' },
  'an empty body': { request: post(''), ours: 'HTTP/1.1 400 Bad Request' },
  'a length without a blank': {
    request: getState().replace('Length: ', 'Length:'),
    ours: 'HTTP/1.1 200 OK',
  },
  'a length that is no number': {
    request: 'POST /RPC2 HTTP/1.1\r\nContent-Length: x\r\n\r\n',
    ours: 'HTTP/1.1 400 Bad Request',
  },
  'a length beside a transfer coding': {
    request: getState('Transfer-Encoding: chunked'),
    ours: 'HTTP/1.1 411 Length Required',
  },
  'a length with an underscore': {
    request: getState().replace(/Length: (\d)/, 'Length: $1_'),
    ours: 'HTTP/1.1 400 Bad Request',
  },
  'a client that expects to be told to go on': {
    request: getState('Expect: 100-continue'),
    ours: 'HTTP/1.1 100 Continue',
  },
  'a name space': {
    request: post(
      '<methodCall xmlns="http://example"><methodName>supervisor.getState</methodName></methodCall>',
    ),
    ours: 'HTTP/1.1 200 OK',
  },
  'a digit of another script': { request: readLog('<int>٥</int>'), ours: 'HTTP/1.1 400 Bad Request' },
  'a request without version': { request: 'GET /nope\r\n\r\n', ours: 'HTTP/1.0 404 Not Found' },
  'a wrong type': { request: info('<int>5</int>'), ours: 'HTTP/1.1 200 OK' },
  'a document type': {
    request: post('<!DOCTYPE a [<!ENTITY b "supervisor.getState">]><a><methodName>&b;</methodName></a>'),
    ours: 'HTTP/1.1 400 Bad Request',
  },
  'a HEAD, which has no body': {
    request: 'HEAD /mainlogtail HTTP/1.1\r\n\r\n',
    ours: 'HTTP/1.1 400 Bad Request',
  },
  'the tail of nothing': { request: 'GET /logtail HTTP/1.1\r\n\r\n', ours: 'HTTP/1.1 404 Not Found' },
};

let daemons: { readonly theirs: Daemon; readonly ours: Daemon };

beforeAll(async () => {
  const files = { 'cat.log': '0123456789' };
  const [theirs, ours] = await Promise.all([
    Daemon.start({ config, files, executable: original }),
    Daemon.start({ config, files }),
  ]);
  daemons = { theirs, ours };
});
afterAll(() => Promise.all([daemons.theirs.stop(), daemons.ours.stop()]));

describe('the original and ours answer alike to', () => {
  test.each(Object.entries(same))('%s', async (_, request) => {
    const [theirs, ours] = await Promise.all([
      exchange(daemons.theirs, request),
      exchange(daemons.ours, request),
    ]);
    expect(ours).toBe(theirs);
  });
});

describe('on purpose we answer otherwise to', () => {
  test.each(Object.entries(different))('%s', async (_, { request, ours }) => {
    const client = await RawClient.connect(daemons.ours.path('supervisor.sock'));
    client.send(request);
    expect(await client.until('\r\n\r\n')).toStartWith(`${ours}\r\n`);
    client.close();
  });
});

/** The answers to a request, whether the connection stayed open, without what varies. */
async function exchange(daemon: Daemon, request: string): Promise<string> {
  const client = await RawClient.connect(daemon.path('supervisor.sock'));
  client.send(request);
  const count = request.split('HTTP/1.').length - 1;
  await eventually(() => isComplete(client.text, count), { what: 'a whole answer' });
  await eventually(() => client.isClosed, { what: 'the end', timeoutMs: 100 }).catch(() => {});
  const afterwards = client.isClosed ? '(closed)' : '(open)';
  client.close();
  const text = client.text
    .replace(/^Server: .*\r\n/gm, '')
    .replace(/^Date: .*\r\n/gm, '')
    .replaceAll(daemon.directory, 'HERE')
    .replace(/<int>\d{9,}<\/int>/g, '<int>SOME</int>')
    .replace(/(<name>pid<\/name>\n<value><int>)\d+/, '$1SOME')
    .replace(/pid \d+, uptime 0:00:\d\d/, 'pid SOME')
    .replace(/^Content-Length: 12\d\d/gm, 'Content-Length: SOME');
  return text + afterwards;
}

function isComplete(text: string, answers: number): boolean {
  const lengths = [...text.matchAll(/Content-Length: (\d+)\r\n/g)].map(([, digits]) => Number(digits));
  if (lengths.length < answers) return false;
  // A HEAD may leave its body out.
  const bodies = text.split(/HTTP\/1\.\d \d+ [\s\S]*?\r\n\r\n/).slice(1);
  return bodies.every((body, index) => Buffer.byteLength(body) >= (lengths[index] ?? 0));
}
