import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { existsSync, writeFileSync } from 'node:fs';
import { Daemon } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';

/** What each listener does instead of what it should; the words are of the preamble. */
const scripts = {
  garbage: `say('hello\\n'); sleep()`,
  chatty: `say('READY\\nREADY\\n'); sleep()`,
  early: `say('READY\\n'); say('RESULT 2\\nOK'); sleep()`,
  'bad-length': `ready(); event(); say('RESULT x\\n'); sleep()`,
  negative: `ready(); event(); say('RESULT -2\\n'); sleep()`,
  empty: `ready(); event(); say('RESULT 0\\n'); say('READY\\n'); event(); say('RESULT 2\\nOK'); sleep()`,
  never: `sleep()`,
  silent: `ready(); event(); sleep()`,
  dead: `ready(); event(); sys.exit(1)`,
  answering: `ready(); event(); say('RESULT 2\\nOK'); sys.exit(1)`,
  deaf: `os.close(0); ready(); sleep()`,
  haunted: `haunt(); sleep()`,
  stuffed: `ready(); wait_for('read-now'); event(); say('RESULT 2\\nOK'); sleep()`,
  bytewise: `[say(c) for c in 'READY\\n']; event(); [say(c) for c in 'RESULT 2\\nOK']; sleep()`,
} as const;

const preamble = `
import os, subprocess, sys, time
def say(text): os.write(1, text.encode())
def ready(): say('READY\\n')
def event():
    header = dict(token.split(':') for token in sys.stdin.readline().split())
    sys.stdin.read(int(header['len']))
def wait_for(path):
    while not os.path.exists(path): time.sleep(0.01)
def sleep():
    while True: time.sleep(1000)
def flood(data):
    while True: os.write(1, data)
def haunt():
    """Dies, once, and leaves a child behind that goes on talking on the old stdout."""
    if os.path.exists('haunted.once'): return sleep()
    open('haunted.once', 'w').close()
    subprocess.Popen(['/bin/sh', '-c', 'trap "" TERM; while :; do echo READY; : >haunting; sleep 0.1; done'])
    wait_for('haunting')
    sys.exit(1)
`;

const section = (name: string) => `
[eventlistener:${name}]
command=/usr/bin/python3 -u %(here)s/${name}.py
directory=%(here)s
events=REMOTE_COMMUNICATION
startsecs=0
autorestart=${['dead', 'answering', 'haunted'].includes(name)}
stdout_logfile=NONE
stopwaitsecs=1
killasgroup=true
`;

let daemon: Daemon;

beforeAll(async () => {
  daemon = await Daemon.start({
    supervisord: 'loglevel=debug',
    config: `
[eventlistener:honest]
command=/usr/bin/python3 %(here)s/honest.py
events=REMOTE_COMMUNICATION
startsecs=0
buffer_size=100
${Object.keys(scripts).map(section).join('')}`,
    files: {
      ...Object.fromEntries(
        Object.entries(scripts).map(([name, script]) => [`${name}.py`, preamble + script]),
      ),
      'honest.py': honest,
    },
  });
  await logged('honest: ACKNOWLEDGED -> READY');
  await logged('stuffed: ACKNOWLEDGED -> READY');
  // More than any pipe holds.
  await send('1'.repeat(1_000_000));
  for (let number = 2; number <= 5; number++) await send(String(number));
}, 30_000);

afterAll(async () => {
  await daemon.stop();
});

const honest = `
import sys
from supervisor import childutils
while True:
    headers, payload = childutils.listener.wait(sys.stdin, sys.stdout)
    print(payload.split('\\n')[1], file=sys.stderr, flush=True)
    childutils.listener.ok(sys.stdout)
`;

async function send(data: string, to = daemon): Promise<void> {
  const body = `<?xml version="1.0"?><methodCall><methodName>supervisor.sendRemoteCommEvent</methodName>
<params><param><value><string>test</string></value></param><param><value><string>${data}</string></value></param></params></methodCall>`;
  const headers = { 'Content-Type': 'text/xml' };
  const response = await fetch(`http://127.0.0.1:${to.port}/RPC2`, { method: 'POST', body, headers });
  expect(await response.text()).toContain('<boolean>1</boolean>');
}

function logged(line: string): Promise<void> {
  return eventually(() => daemon.log().includes(line), { what: `the line ${line}` });
}

function count(text: string): number {
  return daemon.log().split(text).length - 1;
}

const unknown = (name: string) =>
  `WARN ${name}: has entered the UNKNOWN state and will no longer receive events, this usually indicates the process violated the eventlistener protocol`;

describe('a listener that', () => {
  test.each([
    ['begins with garbage', 'garbage', 'ACKNOWLEDGED'],
    ['says READY twice', 'chatty', 'READY'],
    ['answers before it was asked', 'early', 'READY'],
    ['answers without a length', 'bad-length', 'BUSY'],
    ['answers with a negative length', 'negative', 'BUSY'],
  ])('%s is given up', async (_, name, state) => {
    await logged(`DEBG ${name}: ${state} -> UNKNOWN`);
    await logged(unknown(name));
  });

  test('sends an invalid result is logged with its line', async () => {
    await logged("WARN bad-length: bad result line: 'RESULT x'");
    await logged("WARN negative: bad result line: 'RESULT -2'");
  });

  test('answers with an empty result has refused the event and gets it again', async () => {
    await logged('WARN empty: event was rejected');
    await logged('DEBG empty: event was processed');
    const sent = [...daemon.log().matchAll(/event (\d+) sent to listener empty/g)].map(
      ([, serial]) => serial,
    );
    expect(sent[1]).toBe(sent[0]);
  });

  test('dies while it is busy gets the same event again after its restart', async () => {
    await eventually(() => count(' sent to listener dead') >= 2, { what: 'the event to be sent again' });
    const sent = [...daemon.log().matchAll(/event (\d+) sent to listener dead/g)].map(([, serial]) => serial);
    expect(new Set(sent).size).toBe(1);
  });

  test('dies right after its answer has processed the event', async () => {
    await eventually(() => count('DEBG answering: event was processed') >= 2, {
      what: 'two events to be processed',
    });
    expect(count('WARN answering')).toBe(0);
    const sent = [...daemon.log().matchAll(/event (\d+) sent to listener answering/g)].map(
      ([, serial]) => serial,
    );
    expect(new Set(sent).size).toBe(sent.length);
  });

  test('never answers keeps its event and gets no other', async () => {
    await logged(' sent to listener silent');
    expect(count(' sent to listener silent')).toBe(1);
    expect(count(' sent to listener never')).toBe(0);
  });

  test('writes one byte at a time is understood', async () => {
    await logged('DEBG bytewise: event was processed');
  });

  test('does not read blocks no other listener, and gets the whole event when it does', async () => {
    await logged(' sent to listener stuffed');
    await eventually(() => readLines().length >= 5, { what: 'the honest listener to have seen everything' });
    expect(count('DEBG stuffed: event was processed')).toBe(0);
    writeFileSync(daemon.path('read-now'), '');
    await logged('DEBG stuffed: event was processed');
  });

  test('has closed its stdin blocks no other listener', async () => {
    await logged('to listener deaf, listener state unchanged');
    expect(count(' sent to listener deaf')).toBe(0);
  });

  test('left an orphan on its stdout cannot be spoken for by it', async () => {
    await eventually(() => count("spawned: 'haunted'") >= 2, { what: 'the listener to be started again' });
    const restarted = daemon.log().lastIndexOf("spawned: 'haunted'");
    for (let number = 0; number < 3; number++) {
      await send('later');
    }
    await eventually(() => readLines().length === 8, { what: 'the honest listener to have seen everything' });
    expect(daemon.log().slice(restarted)).not.toContain('haunted: ACKNOWLEDGED -> READY');
  });
});

describe('a well-behaved listener next to them', () => {
  test('gets every event, in order', async () => {
    await eventually(() => readLines().length >= 5, { what: 'five events' });
    expect(readLines().slice(0, 5)).toEqual(['1'.repeat(1_000_000), '2', '3', '4', '5']);
  });
});

describe('a listener that floods its stdout', () => {
  test.each([
    [
      'with a line that never ends, is given up',
      `ready(); event(); flood(b'x' * 65536)`,
      unknown('flooding'),
    ],
    ['with garbage, is given up', `flood(b'x' * 65536)`, unknown('flooding')],
    [
      'with a result that never ends, stays busy',
      `ready(); event(); say('RESULT 99999999999\\n'); flood(b'OK' * 65536)`,
      null,
    ],
  ])('%s, and neither fills the memory nor holds up RPC', async (_, script, warning) => {
    const flooded = await Daemon.start({
      config: section('flooding').replace(
        'stdout_logfile=NONE',
        'stdout_logfile=%(here)s/flood.log\nstdout_logfile_maxbytes=1MB',
      ),
      files: { 'flooding.py': preamble + script },
    });
    try {
      await send('flood', flooded);
      await eventually(() => existsSync(flooded.path('flood.log.5')), { what: 'some megabytes of flood' });
      if (warning !== null) expect(flooded.log()).toContain(warning);
      for (let call = 0; call < 20; call++) await send('more', flooded);
      const status = await Bun.file(`/proc/${flooded.pid}/status`).text();
      expect(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1])).toBeLessThan(300_000);
    } finally {
      await flooded.stop();
    }
  });
});

function readLines(): string[] {
  const file = Bun.spawnSync(['sh', '-c', `cat ${daemon.directory}/honest-stderr---*.log`]).stdout.toString();
  return file.split('\n').filter((line) => line !== '');
}
