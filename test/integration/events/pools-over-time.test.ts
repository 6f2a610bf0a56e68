import { describe, expect, test } from 'bun:test';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Daemon, withDaemon } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';

const recorder = join(import.meta.dir, '../../compat/events/recording-listener.py');

const pool = (name: string, events: string) => `
[eventlistener:${name}]
command=/usr/bin/python3 ${recorder} %(here)s/${name}.jsonl
events=${events}
buffer_size=100
startsecs=0
`;

interface Recorded {
  readonly name: string;
  readonly serial: number;
  readonly poolSerial: number;
  readonly payload: string;
}

function recorded(daemon: Daemon, name: string): Recorded[] {
  const lines = daemon.read(`${name}.jsonl`).split('\n').slice(0, -1);
  return lines.map((line) => {
    const { headers, payload } = JSON.parse(line);
    return {
      name: headers.eventname,
      serial: Number(headers.serial),
      poolSerial: Number(headers.poolserial),
      payload,
    };
  });
}

function received(daemon: Daemon, name: string, count: number): Promise<void> {
  return eventually(() => recorded(daemon, name).length >= count, { what: `${count} events to ${name}` });
}

describe('a pool', () => {
  test('gets a tick every five seconds', async () => {
    const begun = Date.now() / 1000;
    await withDaemon({ config: pool('clock', 'TICK_5') }, async (daemon) => {
      await received(daemon, 'clock', 1);
      const when = Number(recorded(daemon, 'clock')[0]?.payload.replace('when:', ''));
      expect(when % 5).toBe(0);
      expect(when).toBeGreaterThan(begun - 5);
    });
  });

  test('continues the serials over a restart, and starts new ones for its pool', async () => {
    await withDaemon(
      { config: pool('states', 'SUPERVISOR_STATE_CHANGE_RUNNING,PROCESS_GROUP_ADDED') },
      async (daemon) => {
        await received(daemon, 'states', 2);
        daemon.subprocess.kill('SIGHUP');
        await received(daemon, 'states', 4);
        const events = recorded(daemon, 'states');
        expect(events.map(({ serial }) => serial)).toEqual([0, 1, 2, 3]);
        expect(events.map(({ poolSerial }) => poolSerial)).toEqual([0, 1, 0, 1]);
      },
    );
  });

  test('that is added sees itself come, and one that was removed sees nothing more', async () => {
    await withDaemon({ config: pool('first', 'PROCESS_GROUP') }, async (daemon) => {
      await received(daemon, 'first', 1);
      appendFileSync(daemon.configPath, pool('second', 'PROCESS_GROUP'));
      await daemon.supervisorctl('update');
      await received(daemon, 'second', 1);
      expect(recorded(daemon, 'second')[0]).toMatchObject({ poolSerial: 0, payload: 'groupname:second\n' });

      await daemon.supervisorctl('stop', 'second');
      await daemon.supervisorctl('remove', 'second');
      await received(daemon, 'first', 3);
      expect(recorded(daemon, 'first').map(({ name, payload }) => `${name} ${payload}`)).toEqual([
        'PROCESS_GROUP_ADDED groupname:first\n',
        'PROCESS_GROUP_ADDED groupname:second\n',
        'PROCESS_GROUP_REMOVED groupname:second\n',
      ]);
      expect(recorded(daemon, 'second')).toHaveLength(1);
    });
  });

  test('sees the supervisor and the other programs stop before it is stopped itself', async () => {
    // It is told, not waited for: what takes time to stop leaves it time to write that down.
    const config = `${pool('last', 'SUPERVISOR_STATE_CHANGE_STOPPING,PROCESS_STATE_STOPPING')}
[program:slow]
command=/bin/sh -c "trap 'sleep 2; exit' TERM; while :; do sleep 0.1; done"
startsecs=0
`;
    await withDaemon({ config, supervisord: 'loglevel=debug' }, async (daemon) => {
      await eventually(async () => (await daemon.states())['slow'] === 'RUNNING', {
        what: 'the program to run',
      });
      await eventually(() => daemon.log().includes('last: ACKNOWLEDGED -> READY'), {
        what: 'the listener to be ready',
      });
      await daemon.supervisorctl('shutdown');
      await daemon.subprocess.exited;
      expect(recorded(daemon, 'last').map(({ name }) => name)).toEqual([
        'SUPERVISOR_STATE_CHANGE_STOPPING',
        'PROCESS_STATE_STOPPING',
      ]);
      expect(daemon.log()).toMatch(/stopped: slow .*stopped: last /s);
    });
  });
});
