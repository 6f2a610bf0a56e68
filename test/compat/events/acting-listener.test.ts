import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { Daemon, original, ours } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';

const config = `
[eventlistener:actor]
command=/usr/bin/python3 ${join(import.meta.dir, 'acting-listener.py')} %(here)s/answers
events=REMOTE_COMMUNICATION
startsecs=0
[program:web]
command=/bin/cat
startsecs=1
[program:other]
command=/bin/cat
startsecs=0
`;

describe('a listener that restarts programs over RPC while it is busy', () => {
  test('is answered as by the original', async () => {
    const [theirs, mine] = await Promise.all([answersOf(original), answersOf(ours)]);
    expect(theirs).toEqual([
      ['RUNNING', true, 'STOPPED', true, 'RUNNING'],
      ['RUNNING', true, 'STOPPED', true, 'RUNNING'],
    ]);
    expect(mine).toEqual(theirs);
  });
});

/** To each of two events. */
async function answersOf(executable: readonly string[]): Promise<unknown[]> {
  const daemon = await Daemon.start({ executable, config });
  try {
    await eventually(async () => Object.values(await daemon.states()).every((state) => state === 'RUNNING'), {
      what: 'everything to run',
    });
    for (const name of ['web', 'other']) await send(daemon, name);
    await eventually(() => answers(daemon).length === 2, {
      what: 'two events to be handled',
      timeoutMs: 30_000,
    });
    return answers(daemon).map((line) => JSON.parse(line));
  } finally {
    await daemon.stop();
  }
}

function answers(daemon: Daemon): string[] {
  return daemon.read('answers').split('\n').slice(0, -1);
}

async function send(daemon: Daemon, data: string): Promise<void> {
  const params = ['restart', data]
    .map((text) => `<param><value><string>${text}</string></value></param>`)
    .join('');
  const body = `<?xml version="1.0"?><methodCall><methodName>supervisor.sendRemoteCommEvent</methodName><params>${params}</params></methodCall>`;
  const headers = { 'Content-Type': 'text/xml' };
  await fetch(`http://127.0.0.1:${daemon.port}/RPC2`, { method: 'POST', headers, body });
}
