import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { Daemon, original, ours } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';

const config = `
[eventlistener:refuser]
command=/usr/bin/python3 ${join(import.meta.dir, 'recording-listener.py')} %(here)s/record 1
events=REMOTE_COMMUNICATION
[eventlistener:liar]
command=/bin/sh -c "echo READY; read line; echo RESULT two; exec sleep 1000"
events=REMOTE_COMMUNICATION
priority=5
buffer_size=1
[eventlistener:babbler]
command=/bin/sh -c "echo Hello; exec sleep 1000"
events=TICK_3600
priority=6
`;

describe('the activity log', () => {
  test('tells of listeners in the words of the original, line by line', async () => {
    const [theirs, mine] = await Promise.all([linesOf(original), linesOf(ours)]);
    for (const name of ['refuser', 'liar', 'babbler'] as const) expect(mine[name]).toEqual(theirs[name]);
    expect(mine.refuser.length).toBeGreaterThan(10);
    expect(mine.liar.length).toBeGreaterThan(5);
  });
});

/** What is said about each listener, without times. */
async function linesOf(
  executable: readonly string[],
): Promise<Record<'refuser' | 'liar' | 'babbler', string[]>> {
  const daemon = await Daemon.start({ executable, config, supervisord: 'loglevel=debug' });
  try {
    await eventually(async () => Object.values(await daemon.states()).every((state) => state === 'RUNNING'), {
      what: 'the listeners to run',
    });
    for (const [data, readies] of [
      ['first', 3],
      ['second', 4],
      ['third', 5],
    ] as const) {
      await send(daemon, data);
      await eventually(() => count(daemon, 'refuser: ACKNOWLEDGED -> READY') === readies, {
        what: `a READY after ${data}`,
      });
      await eventually(() => daemon.log().includes("bad result line: 'RESULT two'"), {
        what: 'the bad line',
      });
    }
    return {
      refuser: about(daemon, 'refuser'),
      liar: about(daemon, 'liar'),
      babbler: about(daemon, 'babbler'),
    };
  } finally {
    await daemon.stop();
  }
}

function about(daemon: Daemon, name: string): string[] {
  return daemon
    .log()
    .split('\n')
    .filter((line) => / (DEBG|WARN|ERRO) /.test(line) && line.includes(name) && !line.includes(' output:'))
    .map((line) => line.slice('2026-11-21 05:32:22,203 '.length));
}

function count(daemon: Daemon, text: string): number {
  return daemon.log().split(text).length - 1;
}

async function send(daemon: Daemon, data: string): Promise<void> {
  const params = ['test', data]
    .map((text) => `<param><value><string>${text}</string></value></param>`)
    .join('');
  const body = `<?xml version="1.0"?><methodCall><methodName>supervisor.sendRemoteCommEvent</methodName><params>${params}</params></methodCall>`;
  const headers = { 'Content-Type': 'text/xml' };
  await fetch(`http://127.0.0.1:${daemon.port}/RPC2`, { method: 'POST', headers, body });
}
