// The JSON API, its streams, the metrics and the health page, on the compiled executable.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test';
import { writeFileSync } from 'node:fs';
import { methodTable } from '../../../src/rpc/method-table.ts';
import { Daemon } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/free-port.ts';
import { RawClient } from './raw-client.ts';

let daemon: Daemon;
let lockedPort: number;

beforeAll(async () => {
  lockedPort = await freePort();
  daemon = await Daemon.start({
    config: `
[inet_http_server:locked]
port=127.0.0.1:${lockedPort}
username=admin
password=secret
[program:cat]
command=/bin/cat
startsecs=0
stdout_logfile=%(here)s/cat.log
[program:coloured]
command=/bin/cat
stdout_logfile=%(here)s/coloured.log
autorestart=true
[program:fails]
command=/bin/sh -c "sleep 0.2; exit 3"
startsecs=0
autostart=false
autorestart=false
`,
  });
});
afterAll(() => daemon.stop());

const url = (path: string) => `http://127.0.0.1:${daemon.port}${path}`;
const get = (path: string) => fetch(url(path));
const post = (path: string, body: unknown, type = 'application/json') =>
  fetch(url(path), { method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': type } });
const foreign = (path: string) =>
  fetch(url(path), { method: 'POST', body: '{}', headers: { 'Sec-Fetch-Site': 'cross-site' } });
const outcome = async (response: Response) => [response.status, await response.json()];

interface Listening {
  readonly text: () => string;
  readonly stop: () => void;
}

/** An answer without end, of which `text` is what came so far. */
async function openStream(path: string, type: string): Promise<Listening> {
  const abort = new AbortController();
  const response = await fetch(url(path), { signal: abort.signal });
  expect(response.headers.get('content-type')).toBe(type);
  let text = '';
  const decoder = new TextDecoder();
  const body = response.body ?? new ReadableStream<Uint8Array>();
  body
    .pipeTo(
      new WritableStream({
        write: (bytes) => {
          text += decoder.decode(bytes, { stream: true });
        },
      }),
    )
    .catch(() => {});
  return { text: () => text, stop: () => abort.abort() };
}

describe('/api/v1', () => {
  test('takes no more JSON than a megabyte, of which each byte can cost a hundred', async () => {
    const data = 'x'.repeat(1024 * 1024);
    expect(await outcome(await post('/api/v1/supervisor.sendRemoteCommEvent', { type: 'x', data }))).toEqual([
      413,
      { error: 'the body may have at most 1048576 bytes' },
    ]);
  });

  test('calls what only tells by GET, with parameters in the query', async () => {
    const response = await get('/api/v1/supervisor.getProcessInfo?name=cat');
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toMatchObject({ result: { name: 'cat', statename: 'RUNNING' } });
    expect(
      await outcome(await get('/api/v1/supervisor.readProcessStdoutLog?name=cat&offset=0&length=0')),
    ).toEqual([200, { result: '' }]);
  });

  test("tells autorestart of every process, as Supervisor's next version does", async () => {
    const { result } = Object(await (await get('/api/v1/supervisor.getAllConfigInfo')).json());
    expect(result).toMatchObject([
      { name: 'cat', autorestart: 'unexpected' },
      { name: 'coloured', autorestart: true },
      { name: 'fails', autorestart: false },
    ]);
  });

  test('calls everything by POST, with parameters in an object', async () => {
    expect(await outcome(await post('/api/v1/supervisor.stopProcess', { name: 'cat' }))).toEqual([
      200,
      { result: true },
    ]);
    expect(await outcome(await post('/api/v1/supervisor.startProcess', { name: 'cat', wait: true }))).toEqual(
      [200, { result: true }],
    );
  });

  test.each([
    ['an unknown process', 'getProcessInfo', { name: 'nosuch' }, 404, { code: 10, name: 'BAD_NAME' }],
    [
      'a process that runs already',
      'startProcess',
      { name: 'cat' },
      409,
      { code: 60, name: 'ALREADY_STARTED' },
    ],
    ['a value of a wrong type', 'startProcess', { name: 5 }, 400, { code: 2, name: 'INCORRECT_PARAMETERS' }],
  ] as const)('answers %s with a status and the fault', async (_, method, params, status, fault) => {
    const response = await post(`/api/v1/supervisor.${method}`, params);
    expect(await outcome(response)).toMatchObject([status, { fault }]);
  });

  test.each([
    ['a missing parameter', () => post('/api/v1/supervisor.getProcessInfo', {}), 400],
    ['an unknown parameter', () => post('/api/v1/supervisor.getState', { x: 1 }), 400],
    ['a body that is no object', () => post('/api/v1/supervisor.getState', [1]), 400],
    ['a form of another site', () => post('/api/v1/supervisor.shutdown', {}, 'text/plain'), 400],
    ['a change by GET', () => get('/api/v1/supervisor.shutdown'), 405],
    ['an unknown method', () => get('/api/v1/supervisor.nosuch'), 404],
    ['an attribute of objects', () => get('/api/v1/constructor'), 404],
    ['no method at all', () => get('/api/v1'), 404],
    ['no method at all by POST', () => post('/api/v1', {}), 404],
    ['an empty name', () => get('/api/v1/'), 404],
    ['a page of another site', () => foreign('/api/v1/supervisor.getState'), 403],
    ['who has no password', () => fetch(`http://127.0.0.1:${lockedPort}/api/v1/supervisor.getState`), 401],
  ] as const)('refuses %s', async (_, request, status) => {
    const response = await request();
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await outcome(response)).toEqual([status, { error: expect.any(String) }]);
  });

  // fetch() gives every POST a length of its own.
  test.each([
    ['without a body', '', 411],
    ['with a body of an unknown length', 'Transfer-Encoding: chunked\r\n', 411],
    ['with a length that is no number', 'Content-Length: x\r\n', 400],
    ['with a body beyond all measure', 'Content-Length: 999999999999\r\n', 413],
  ] as const)('refuses a POST %s in JSON too', async (_, field, status) => {
    const client = await RawClient.connect(daemon.port);
    client.send(`POST /api/v1/supervisor.getState HTTP/1.1\r\nConnection: close\r\n${field}\r\n`);
    const [head = '', body = ''] = (await client.untilClosed()).split('\r\n\r\n');
    expect(head).toStartWith(`HTTP/1.1 ${status} `);
    expect(head).toContain('Content-Type: application/json');
    expect(JSON.parse(body)).toEqual({ error: expect.any(String) });
    client.close();
  });

  test('describes itself: a path for each method, with its parameters', async () => {
    const names = [...methodTable(['supervisor']).keys()];
    const start = {
      type: 'object',
      required: ['name'],
      properties: { name: { type: 'string' }, wait: { type: 'boolean' } },
    };
    expect(await (await get('/api/v1/openapi.json')).json()).toMatchObject({
      openapi: '3.1.0',
      paths: {
        ...Object.fromEntries(names.map((name) => [`/${name}`, { post: { operationId: name } }])),
        '/supervisor.startProcess': {
          post: { requestBody: { content: { 'application/json': { schema: start } } } },
        },
      },
    });
  });

  test('describes that everything may be refused, and how that looks', async () => {
    const operation = { responses: { default: { $ref: '#/components/responses/Refused' } } };
    const refused = { required: ['error'], properties: { error: { type: 'string' } } };
    expect(await (await get('/api/v1/openapi.json')).json()).toMatchObject({
      paths: {
        '/supervisor.getState': { get: operation, post: operation },
        '/events': { get: operation },
        '/logs/{name}/{channel}': { get: operation },
        '/logs/{name}/{channel}/text': { get: operation },
      },
      components: {
        responses: { Refused: { content: { 'application/json': { schema: refused } } } },
      },
    });
  });

  test('is behind the same password as everything else', async () => {
    for (const path of ['/api/v1/supervisor.getState', '/api/v1/events', '/metrics', '/healthz']) {
      expect((await fetch(`http://127.0.0.1:${lockedPort}${path}`)).status).toBe(401);
    }
    const headers = { Authorization: `Basic ${btoa('admin:secret')}` };
    expect((await fetch(`http://127.0.0.1:${lockedPort}/healthz`, { headers })).status).toBe(200);
  });
});

describe('server-sent events', () => {
  async function listen(path: string): Promise<Listening> {
    const events = await openStream(path, 'text/event-stream');
    await eventually(() => events.text().startsWith(': connected\n\n'), { what: 'the beginning' });
    return events;
  }

  test('tell of changes of state as they happen', async () => {
    const events = await listen('/api/v1/events');
    await post('/api/v1/supervisor.startProcess', { name: 'fails' });
    await eventually(() => events.text().includes('PROCESS_STATE_EXITED'), { what: 'the exit' });
    expect(events.text()).toMatch(
      /^: connected\n\nevent: PROCESS_STATE_STARTING\ndata: \{"process":"fails","group":"fails","fromState":"STOPPED","tries":0\}\n\nevent: PROCESS_STATE_RUNNING\ndata: .*\n\nevent: PROCESS_STATE_EXITED\ndata: .*"expected":false.*\n\n$/,
    );
    events.stop();
  });

  test('tell what a process writes', async () => {
    const events = await listen('/api/v1/logs/cat/stdout');
    await post('/api/v1/supervisor.sendProcessStdin', { name: 'cat', chars: 'héllo\n' });
    await eventually(() => events.text().endsWith('event: output\ndata: {"text":"héllo\\n"}\n\n'), {
      what: 'the output',
    });
    events.stop();
    expect((await get('/api/v1/logs/nosuch/stdout')).status).toBe(404);
  });
});

describe('the text of a log', () => {
  const address = '/api/v1/logs/coloured/stdout/text';
  const lines = ['\x1b[32mone\x1b[0m\n', 'tw\xff\x00\n', 'three'];

  beforeEach(() => {
    writeFileSync(daemon.path('coloured.log'), Buffer.from(lines.join(''), 'latin1'));
  });

  test('is its last lines, byte for byte', async () => {
    const bytes = async (query: string) =>
      Buffer.from(await (await get(`${address}${query}`)).arrayBuffer()).toString('latin1');
    expect(await bytes('')).toBe(lines.join(''));
    expect(await bytes('?lines=2')).toBe(lines.slice(1).join(''));
    expect(await bytes('?lines=0')).toBe('');
  });

  test('goes on with what is added, without a gap and without repeating', async () => {
    const following = await openStream(`${address}?lines=1&follow=true`, 'text/plain;charset=utf-8');
    await eventually(() => following.text() === 'three', { what: 'the last line' });
    await post('/api/v1/supervisor.sendProcessStdin', { name: 'coloured', chars: ' and four\n' });
    await eventually(() => following.text() === 'three and four\n', { what: 'what was added' });
    following.stop();
  });

  test('is refused with what is wrong', async () => {
    for (const [path, status, error] of [
      [`${address}?lines=-1`, 400, 'lines is a number of at most 7 digits'],
      [`${address}?follow=yes`, 400, 'follow is true or false'],
      ['/api/v1/logs/coloured/stdout/html', 404, 'there is no such log'],
      ['/api/v1/logs/nosuch/stdout/text', 404, 'there is no such log'],
    ] as const) {
      const response = await get(path);
      expect([response.status, await response.json()]).toEqual([status, { error }]);
    }
  });
});

describe('/metrics', () => {
  test('has a well-formed line for every sample, and help and type before the first of its name', async () => {
    const response = await get('/metrics');
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const told = new Map<string, string>();
    for (const line of (await response.text()).trimEnd().split('\n')) {
      const [, comment, name = ''] = /^# (HELP|TYPE) ([a-z_]+) /.exec(line) ?? [];
      if (comment) told.set(name, `${told.get(name) ?? ''}${comment} `);
      else {
        const [, sample = ''] = /^([a-z_]+)(?:\{(?:[a-z]+="[^"]*",?)+\})? -?[0-9.e+-]+$/.exec(line) ?? [];
        expect([line, told.get(sample)]).toEqual([line, 'HELP TYPE ']);
      }
    }
  });

  test('count starts and exits by code, and tell what a process takes', async () => {
    const before = await (await get('/metrics')).text();
    await post('/api/v1/supervisor.startProcess', { name: 'fails' });
    const of = (text: string, sample: string) =>
      Number(
        text
          .split('\n')
          .find((line) => line.startsWith(`${sample} `))
          ?.split(' ')
          .at(-1) ?? 0,
      );
    const starts = 'supervisor_process_starts_total{group="fails",process="fails"}';
    const exits = 'supervisor_process_exits_total{group="fails",process="fails",code="3"}';
    await eventually(async () => of(await (await get('/metrics')).text(), exits) === of(before, exits) + 1, {
      what: 'the exit',
    });
    const after = await (await get('/metrics')).text();
    expect(of(after, starts)).toBe(of(before, starts) + 1);
    expect(of(after, 'supervisor_process_state{group="cat",process="cat",state="RUNNING"}')).toBe(1);
    expect(of(after, 'supervisor_process_resident_memory_bytes{group="cat",process="cat"}')).toBeGreaterThan(
      100_000,
    );
    expect(of(after, 'process_resident_memory_bytes')).toBeGreaterThan(1_000_000);
  });
});

describe('/healthz', () => {
  test('is well while the supervisor runs', async () => {
    expect(await (await get('/healthz')).text()).toBe('ok\n');
  });
});
