import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { Daemon, run } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';

const total = 50_000;
const slowBuffer = 1000;

const listener = (name: string, bufferSize: number, pauseMs: number, lifetime: number, numprocs = 1) => `
[eventlistener:${name}]
command=/usr/bin/python3 ${join(import.meta.dir, 'counting-listener.py')} %(here)s/${name}.txt ${pauseMs} ${lifetime}
process_name=%(program_name)s_%(process_num)d
numprocs=${numprocs}
events=REMOTE_COMMUNICATION
buffer_size=${bufferSize}
autorestart=true
stdout_logfile=NONE
`;

describe('fifty thousand events through four pools', () => {
  test('reach each in order, none lost but those that a full buffer was reported to drop, while clients are answered and memory stays bounded', async () => {
    const daemon = await Daemon.start({
      config:
        listener('quick', total, 0, 0) +
        listener('slow', slowBuffer, 1, 0) +
        listener('mortal', total, 0, 7000) +
        listener('team', total, 0, 9000, 3),
    });
    try {
      await eventually(
        async () => Object.values(await daemon.states()).every((state) => state === 'RUNNING'),
        {
          what: 'the listeners to run',
        },
      );
      const flood = join(import.meta.dir, 'flood-of-events.py');
      const { status, stderr } = await run([
        '/usr/bin/python3',
        flood,
        daemon.path('supervisor.sock'),
        String(total),
      ]);
      expect(stderr).toBe('');
      expect(status).toBe(0);

      expect(await stateName(daemon)).toContain('<string>RUNNING</string>');
      expect(seenBy(daemon, 'slow').at(-1)).not.toBe(String(total - 1));

      const everything = Array.from({ length: total }, (_, number) => String(number));
      const last = String(total - 1);
      for (const name of ['quick', 'slow', 'mortal']) {
        await eventually(() => seenBy(daemon, name).at(-1) === last, {
          what: `${name} to be done`,
          timeoutMs: 60_000,
        });
      }
      await eventually(() => seenBy(daemon, 'team').length >= total, {
        what: 'the team to be done',
        timeoutMs: 60_000,
      });
      expect(seenBy(daemon, 'quick')).toEqual(everything);
      expect(seenBy(daemon, 'mortal')).toEqual(everything);
      // Three processes, each killed now and then: every event once, if not in order.
      expect(seenBy(daemon, 'team').toSorted((a, b) => Number(a) - Number(b))).toEqual(everything);
      for (const name of ['mortal', 'team'])
        expect(daemon.log()).toMatch(
          new RegExp(`exited: ${name}_\\d \\(terminated by SIGKILL; not expected\\)`),
        );

      const seen = seenBy(daemon, 'slow').map(Number);
      expect(seen).toEqual(seen.toSorted((a, b) => a - b));
      const dropped = daemon.log().split('pool slow event buffer overflowed').length - 1;
      expect(dropped).toBeGreaterThan(0);
      expect(new Set(seen).size + dropped).toBe(total);

      const memory = await Bun.file(`/proc/${daemon.pid}/status`).text();
      expect(Number(/VmHWM:\s+(\d+)/.exec(memory)?.[1])).toBeLessThan(300_000);
    } finally {
      await daemon.stop();
    }
  }, 120_000);
});

/** Asked while many events still wait. */
async function stateName(daemon: Daemon): Promise<string> {
  const body = '<?xml version="1.0"?><methodCall><methodName>supervisor.getState</methodName></methodCall>';
  const headers = { 'Content-Type': 'text/xml' };
  const response = await fetch(`http://127.0.0.1:${daemon.port}/RPC2`, { method: 'POST', headers, body });
  return response.text();
}

function seenBy(daemon: Daemon, name: string): string[] {
  return daemon.read(`${name}.txt`).trimEnd().split('\n');
}
