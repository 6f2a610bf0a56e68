// Answers that come later: many at once, clients that leave, the end of the daemon.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { encodeCall } from '../../../src/xmlrpc/encode.ts';
import type { RpcValue } from '../../../src/xmlrpc/value.ts';
import { Daemon } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';
import { RawClient } from './raw-client.ts';

const config = `
[program:slow]
command=/bin/sh -c 'trap "" TERM; while :; do sleep 0.2; done'
startsecs=1
stopwaitsecs=2
autostart=false
[program:quick]
command=/bin/sleep 1000
startsecs=0
[program:steady]
command=/bin/sleep 1000
startsecs=3
autostart=false
`;

let daemon: Daemon;
beforeEach(async () => {
  daemon = await Daemon.start({ config });
});
afterEach(() => daemon.stop());

function request(method: string, ...params: RpcValue[]): string {
  const body = encodeCall(method, params);
  return `POST /RPC2 HTTP/1.1\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

async function send(method: string, ...params: RpcValue[]): Promise<RawClient> {
  const client = await RawClient.connect(daemon.path('supervisor.sock'));
  client.send(request(method, ...params));
  return client;
}

async function answer(method: string, ...params: RpcValue[]): Promise<string> {
  const client = await send(method, ...params);
  const text = await client.until('</methodResponse>');
  client.close();
  return text;
}

const state = async (name: string) =>
  /<string>([A-Z]+)<\/string>/.exec(
    (await answer('supervisor.getProcessInfo', name)).split('statename')[1] ?? '',
  )?.[1];
const isTrue = (text: string) => text.includes('<boolean>1</boolean>');
const faultOf = (text: string) => /<string>([A-Z_]+: .*)<\/string>/.exec(text)?.[1];

describe('waiting for a process', () => {
  test('any number may, and the others are answered meanwhile', async () => {
    expect(isTrue(await answer('supervisor.startProcess', 'slow'))).toBe(true);
    const [first] = await Promise.all([send('supervisor.stopProcess', 'slow')]);
    await eventually(async () => (await state('slow')) === 'STOPPING', { what: 'the stop to begin' });
    const others = await Promise.all(
      Array.from({ length: 200 }, () =>
        send('system.multicall', [{ methodName: 'supervisor.startProcess', params: ['steady'] }]),
      ),
    );
    expect(await answer('supervisor.getState')).toContain('RUNNING');
    expect(isTrue(await first.until('</methodResponse>'))).toBe(true);
    const answers = await Promise.all(others.map((client) => client.until('</methodResponse>')));
    expect(answers.filter((text) => isTrue(text)).length).toBe(1);
    expect(answers.filter((text) => text.includes('ALREADY_STARTED: steady')).length).toBe(199);
    for (const client of [first, ...others]) client.close();
  });

  test('a client that leaves changes nothing, not even what comes next in its multicall', async () => {
    await answer('supervisor.startProcess', 'slow');
    const client = await send('system.multicall', [
      { methodName: 'supervisor.stopProcess', params: ['slow'] },
      { methodName: 'supervisor.stopProcess', params: ['quick'] },
    ]);
    await eventually(async () => (await state('slow')) === 'STOPPING', { what: 'the stop to begin' });
    client.close();
    await eventually(async () => (await state('quick')) === 'STOPPED', { what: 'the second call' });
    expect(await state('slow')).toBe('STOPPED');
  });

  test('a process that is stopped while its start is waited for is told of', async () => {
    const client = await send('supervisor.startProcess', 'steady');
    await eventually(async () => (await state('steady')) === 'STARTING', { what: 'the start' });
    expect(isTrue(await answer('supervisor.stopProcess', 'steady'))).toBe(true);
    expect(faultOf(await client.until('</methodResponse>'))).toBe('ABNORMAL_TERMINATION: steady');
  });
});

describe('the end of the daemon', () => {
  test('comes after the answers to those who wait for the last process', async () => {
    await answer('supervisor.startProcess', 'slow');
    const starting = await send('supervisor.startProcess', 'steady');
    await eventually(async () => (await state('steady')) === 'STARTING', { what: 'the start' });
    const stopping = await send('supervisor.stopProcess', 'slow');
    const stoppingAll = await send('supervisor.stopAllProcesses');
    await eventually(async () => (await state('slow')) === 'STOPPING', { what: 'the stop' });
    expect(isTrue(await answer('supervisor.shutdown'))).toBe(true);
    expect(await answer('supervisor.getState')).toContain('SHUTDOWN_STATE');
    expect(faultOf(await starting.untilClosed())).toBe('ABNORMAL_TERMINATION: steady');
    expect(isTrue(await stopping.untilClosed())).toBe(true);
    expect(await stoppingAll.untilClosed()).toContain('<string>OK</string>');
    expect(await daemon.subprocess.exited).toBe(0);
  });
});

describe('a multicall of a megabyte', () => {
  test('is answered call by call', async () => {
    const calls = Array.from({ length: 6000 }, (_, index) => ({
      methodName: index % 2 === 0 ? 'supervisor.getAPIVersion' : 'supervisor.getProcessInfo',
      params: index % 2 === 0 ? [] : [`nobody-${index}-${'x'.repeat(40)}`],
    }));
    const text = await answer('system.multicall', calls);
    expect(text.split('<string>3.0</string>').length - 1).toBe(3000);
    expect(text.split('BAD_NAME: nobody-').length - 1).toBe(3000);
  });
});
