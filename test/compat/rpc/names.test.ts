// Under which names clients may ask for a server without a password: scripts under all, browsers under its own.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { Daemon, run } from '../../support/daemon.ts';
import { freePort } from '../../support/free-port.ts';

let daemon: Daemon;
let guarded: number;

beforeAll(async () => {
  guarded = await freePort();
  daemon = await Daemon.start({
    config: `[program:cat]
command=/bin/cat
startsecs=0

[inet_http_server:guarded]
port=127.0.0.1:${guarded}
username=user
password=secret
`,
  });
});
afterAll(() => daemon.stop());

/** Makes every name lead to this machine, as somebody's DNS does. */
const everyNameIsOurs = `
import socket, sys
resolve = socket.getaddrinfo
socket.getaddrinfo = lambda host, *rest, **more: resolve('127.0.0.1', *rest, **more)
`;

async function python(script: string, ...args: string[]): Promise<string> {
  const { stdout, stderr } = await run(['/usr/bin/python3', '-c', everyNameIsOurs + script, ...args]);
  return stdout.trim() + stderr;
}

async function curl(...args: string[]): Promise<string> {
  const { stdout } = await run(['curl', '-s', '-o', '/dev/null', '-w', '%{http_code}', ...args]);
  return stdout;
}

describe.each(['myserver', 'supervisor.example.com'])('a server that is called %s by', (name) => {
  test("Python's supervisorctl answers", async () => {
    const script = `
from supervisor.supervisorctl import main
main(['-s', sys.argv[1], 'status'])
`;
    expect(await python(script, `http://${name}:${daemon.port}`)).toMatch(/^cat +RUNNING/);
  });

  test('xmlrpc.client answers', async () => {
    const script = `
import xmlrpc.client
print(xmlrpc.client.ServerProxy(sys.argv[1]).supervisor.getState()['statename'])
`;
    expect(await python(script, `http://${name}:${daemon.port}/RPC2`)).toBe('RUNNING');
  });

  test('curl answers', async () => {
    const url = `http://${name}:${daemon.port}`;
    const local = ['--resolve', `${name}:${daemon.port}:127.0.0.1`];
    expect(await curl(...local, `${url}/metrics`)).toBe('200');
    expect(await curl(...local, '-d', '', `${url}/?processname=cat&action=refresh`)).toBe('301');
  });
});

describe('a browser', () => {
  const browser = ['-A', 'Mozilla/5.0', '-H', 'Accept-Language: en'];
  const rpc = ['-H', 'Content-Type: text/xml', '-d', '<methodCall/>'];

  test('is refused on every URL under a name that was turned to us', async () => {
    for (const path of [
      '',
      'RPC2',
      'logtail/cat',
      'mainlogtail',
      'api/v1/events',
      'metrics',
      'ok.html',
      'ui/feed',
    ])
      expect([
        path,
        await curl(...browser, '-H', 'Host: evil.example', `http://127.0.0.1:${daemon.port}/${path}`),
      ]).toEqual([path, '403']);
  });

  test('is asked for the password first, under any name', async () => {
    const url = `http://127.0.0.1:${guarded}/`;
    expect(await curl(...browser, '-H', 'Host: any.example', url)).toBe('401');
    expect(await curl(...browser, '-H', 'Host: any.example', '-u', 'user:secret', url)).toBe('200');
  });

  test('may not send what a page of another site wants, password or not', async () => {
    const foreign = ['-H', 'Origin: http://evil.example'];
    const at = (port: number) => `http://127.0.0.1:${port}/RPC2`;
    expect(await curl(...foreign, ...rpc, at(daemon.port))).toBe('403');
    expect(await curl(...foreign, ...rpc, '-u', 'user:secret', at(guarded))).toBe('403');
    expect(await curl('-H', 'Sec-Fetch-Site: cross-site', ...rpc, at(daemon.port))).toBe('403');
    expect(await curl('-H', `Origin: http://127.0.0.1:${daemon.port}`, ...rpc, at(daemon.port))).not.toBe(
      '403',
    );
  });
});
