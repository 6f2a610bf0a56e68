// Python's clients against ours: over unix and TCP, with a password and a wrong one, many calls on one connection.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { Daemon, run } from '../../support/daemon.ts';
import { freePort } from '../../support/free-port.ts';

let daemon: Daemon;
let lockedPort: number;

beforeAll(async () => {
  lockedPort = await freePort();
  daemon = await Daemon.start({
    config: `
[inet_http_server:locked]
port=127.0.0.1:${lockedPort}
username=admin
password={SHA}e5e9fa1ba31ecd1ae84f75caaa474f3a663f05f4
[program:colours]
command=/bin/sh -c 'printf "\\033[31mred\\033[0m \\000\\377 caf\\303\\251"; exec cat'
stdout_logfile=%(here)s/colours.log
`,
  });
});
afterAll(() => daemon.stop());

async function python(script: string, ...args: string[]): Promise<string> {
  const { stdout, stderr, status } = await run(['/usr/bin/python3', '-c', script, ...args]);
  if (status !== 0) throw new Error(stderr);
  return stdout.trim();
}

describe("Supervisor's own transport", () => {
  const script = `
import sys, xmlrpc.client
from supervisor.xmlrpc import SupervisorTransport
transport = SupervisorTransport(sys.argv[2] or None, sys.argv[3] or None, sys.argv[1])
proxy = xmlrpc.client.ServerProxy('http://127.0.0.1', transport=transport)
try:
    print([proxy.supervisor.getState()['statename'] for _ in range(500)].count('RUNNING'))
except xmlrpc.client.ProtocolError as error:
    print(error.errcode, error.errmsg)
`;

  test.each([
    ['a unix socket', () => `unix://${daemon.path('supervisor.sock')}`, '', '', '500'],
    ['a TCP port', () => `http://127.0.0.1:${daemon.port}`, '', '', '500'],
    ['a TCP port with a password', () => `http://127.0.0.1:${lockedPort}`, 'admin', 'secret', '500'],
    [
      'a TCP port with a wrong password',
      () => `http://127.0.0.1:${lockedPort}`,
      'admin',
      'guess',
      '401 Unauthorized',
    ],
    ['a TCP port without its password', () => `http://127.0.0.1:${lockedPort}`, '', '', '401 Unauthorized'],
    ['a useless password', () => `http://127.0.0.1:${daemon.port}`, 'a', 'b', '500'],
  ] as const)('calls over %s', async (_, url, username, password, expected) => {
    expect(await python(script, url(), username, password)).toBe(expected);
  });
});

describe("Python's xmlrpc.client", () => {
  test('calls over TCP, with keep-alive and without', async () => {
    const script = `
import sys, xmlrpc.client
class Once(xmlrpc.client.Transport):
    def send_headers(self, connection, headers):
        super().send_headers(connection, headers + [('Connection', 'close')])
for transport in (None, Once()):
    proxy = xmlrpc.client.ServerProxy(sys.argv[1], transport=transport)
    print([proxy.supervisor.getPID() for _ in range(50)].count(int(sys.argv[2])))
`;
    expect(await python(script, `http://127.0.0.1:${daemon.port}/RPC2`, String(daemon.pid))).toBe('50\n50');
  });

  test('understands a log with escape sequences, NUL and bytes that are no text', async () => {
    const script = `
import sys, xmlrpc.client
proxy = xmlrpc.client.ServerProxy(sys.argv[1])
print(ascii(proxy.supervisor.readProcessLog('colours', 0, 0)))
print(ascii(proxy.supervisor.tailProcessLog('colours', 0, 100)))
`;
    expect(await python(script, `http://127.0.0.1:${daemon.port}/RPC2`)).toBe(
      String.raw`'\ufffd[31mred\ufffd[0m \ufffd\ufffd caf\xe9'
['\ufffd[31mred\ufffd[0m \ufffd\ufffd caf\xe9', 21, False]`,
    );
  });
});

describe('childutils, as an event listener uses it', () => {
  test('calls with an empty password, from the environment of a child', async () => {
    const script = `
import os, sys
from supervisor import childutils
rpc = childutils.getRPCInterface({'SUPERVISOR_SERVER_URL': sys.argv[1], 'SUPERVISOR_USERNAME': '', 'SUPERVISOR_PASSWORD': ''})
print(rpc.supervisor.getAPIVersion())
`;
    expect(await python(script, `unix://${daemon.path('supervisor.sock')}`)).toBe('3.0');
  });
});
