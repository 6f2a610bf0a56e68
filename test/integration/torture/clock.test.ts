// The wall clock is set by hours while programs start, wait, run and stop: what is due is due by the time that passes.
import { describe, expect, test } from 'bun:test';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { ProcessInfo } from '../../../src/client/process-info.ts';
import type { SupervisorClient } from '../../../src/client/supervisor-client.ts';
import { clientOf } from '../../support/client.ts';
import { Daemon, ours } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';

const hour = 3600;
/** Of a start and of a stop: longer than all that is done meanwhile takes on a busy machine. */
const waitSeconds = 12;

/** Starts are reported as the kernel's time of the fork, in ticks of CLOCK_BOOTTIME, which cannot be set. */
const config = `[program:steady]
command=/bin/sleep 100000
startsecs=0
[program:slow]
command=/bin/sleep 100000
startsecs=${waitSeconds}
autostart=false
[program:fails]
command=/bin/sh -c 'cut -d" " -f22 /proc/$$/stat >>%(here)s/fails; exit 1'
startretries=2
autostart=false
[program:stubborn]
command=/bin/sh -c 'trap "echo TERM >>%(here)s/stubborn" TERM; while :; do sleep 0.05; done'
startsecs=0
stopwaitsecs=${waitSeconds}
autorestart=false
[program:brief]
command=/bin/sh -c 'while [ ! -e %(here)s/set ]; do sleep 0.05; done'
startsecs=600
startretries=0
autostart=false
[program:returns]
command=/bin/sh -c 'cut -d" " -f22 /proc/$$/stat >>%(here)s/returns'
startsecs=0
autorestart=true
[eventlistener:ticks]
command=/usr/bin/python3 -u %(here)s/listener.py
events=TICK_5
stderr_logfile=%(here)s/ticks`;

const listener = `import sys
while True:
    print("READY", flush=True)
    header = dict(word.split(":") for word in sys.stdin.readline().split())
    sys.stderr.write(sys.stdin.read(int(header["len"])) + "\\n")
    print("RESULT 2\\nOK", end="", flush=True)
`;

const launch = 'FAKETIME_TIMESTAMP_FILE=$PWD/clock exec "$0" "$@"';

/** A daemon whose wall clock can be set for it alone. */
class Machine {
  private constructor(
    readonly daemon: Daemon,
    readonly client: SupervisorClient,
    private readonly longerUp: number,
  ) {}

  /** `upSeconds`: so much longer than this one it seems to have been up, as after a suspend or in years. */
  static async start(upSeconds = 0): Promise<Machine> {
    const uptime = [`--monotonic=${upSeconds}`, `--boottime=${2 * upSeconds}`];
    const daemon = await Daemon.start({
      config,
      files: { clock: '+0\n', 'listener.py': listener },
      executable: ['/bin/sh', '-c', launch, 'unshare', '--time', ...uptime, ...ours],
      environment: {
        // The loader puts the machine's directory in the place of $LIB.
        LD_PRELOAD: '/usr/$LIB/faketime/libfaketimeMT.so.1',
        DONT_FAKE_MONOTONIC: '1',
        FAKETIME_NO_CACHE: '1',
        NO_FAKE_STAT: '1',
      },
    });
    return new Machine(daemon, clientOf(daemon), 2 * upSeconds);
  }

  async setClock(hours: number): Promise<void> {
    writeFileSync(this.daemon.path('clock.new'), `${hours < 0 ? '' : '+'}${hours}h\n`);
    renameSync(this.daemon.path('clock.new'), this.daemon.path('clock'));
    await eventually(async () => Math.abs((await this.of('steady')).now - trueNow() - hours * hour) < 600, {
      what: 'the daemon to see another time',
    });
  }

  of(name: string): Promise<ProcessInfo> {
    return this.client.process(name);
  }

  async become(wanted: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, state] of Object.entries(wanted))
      await eventually(async () => (await this.of(name)).statename === state, {
        what: `${name} to be ${state}`,
      });
  }

  /** The starts of a program, in seconds since the boot of this machine. */
  startsOf(name: string): number[] {
    const notes = this.daemon.read(name).split('\n').filter(Boolean);
    return notes.map((ticks) => Number(ticks) / ticksPerSecond - this.longerUp);
  }

  async end(): Promise<void> {
    this.client.close();
    expect(await this.daemon.stop()).toBe(0);
  }
}

/** USER_HZ on every architecture that Linux runs on today. */
const ticksPerSecond = 100;
const years = 365 * 24 * hour;
const settings = [
  { set: 'forward by 7 hours', hours: 7, upSeconds: 0 },
  { set: 'back by 7 hours', hours: -7, upSeconds: 0 },
  { set: 'by 7 hours on a machine that was up and suspended for years', hours: 7, upSeconds: 20 * years },
] as const;

describe('a clock that is set while programs start, wait, run and stop', () => {
  // Each waits for seconds: at the same time.
  for (const { set, hours, upSeconds } of settings)
    test.concurrent(`${set} starts and kills nothing early, and nothing hangs`, async () => {
      const machine = await Machine.start(upSeconds);
      const { daemon, client } = machine;
      try {
        await machine.become({ steady: 'RUNNING', stubborn: 'RUNNING' });
        const before = await machine.of('steady');
        const startedAt = sinceBoot();
        await client.startProcess('slow', false);
        await client.startProcess('brief', false);
        await client.startProcess('fails', false);
        const toldAt = sinceBoot();
        await client.stopProcess('stubborn', false);
        await machine.become({ slow: 'STARTING', brief: 'STARTING', fails: 'BACKOFF', stubborn: 'STOPPING' });

        await machine.setClock(hours);
        await machine.become({ slow: 'STARTING', stubborn: 'STOPPING', steady: 'RUNNING' });
        writeFileSync(daemon.path('set'), '');
        await machine.become({ brief: 'FATAL' });
        expect((await machine.of('brief')).spawnerr).toStartWith('Exited too quickly');
        await machine.become({ slow: 'RUNNING' });
        expect(sinceBoot() - startedAt).toBeGreaterThanOrEqual(waitSeconds);
        await machine.become({ stubborn: 'STOPPED' });
        expect(sinceBoot() - toldAt).toBeGreaterThanOrEqual(waitSeconds);
        expect(daemon.read('stubborn')).toBe('TERM\n');
        expect(count(daemon.log(), "killing 'stubborn'")).toBe(1);

        await machine.become({ fails: 'FATAL' });
        const [, second = 0, third = 0, ...more] = machine.startsOf('fails');
        expect(more).toEqual([]);
        expect(second - startedAt).toBeGreaterThanOrEqual(1);
        expect(third - startedAt).toBeGreaterThanOrEqual(3);

        await eventually(() => machine.startsOf('returns').length >= 5, { what: 'a program to return' });
        const returns = machine.startsOf('returns');
        for (const [index, time] of returns.entries()) {
          const next = returns[index + 1];
          // Each second begins some moments before the fork.
          if (next !== undefined) expect(next - time).toBeGreaterThanOrEqual(0.5);
        }

        const after = await machine.of('steady');
        expect(after.pid).toBe(before.pid);
        expect(Math.abs(after.start - before.start - hours * hour)).toBeLessThanOrEqual(1);
        expect(after.description).toMatch(/^pid \d+, uptime 0:00:\d\d$/);
        await ticksOn(machine, hours);
        expect(daemon.log()).not.toContain('internal error');
      } finally {
        await machine.end();
      }
    });

  test('forward and back again changes nothing', async () => {
    const machine = await Machine.start();
    try {
      await machine.become({ steady: 'RUNNING' });
      const before = await machine.of('steady');
      for (const hours of [30, -30, 0]) await machine.setClock(hours);
      const after = await machine.of('steady');
      expect([after.pid, after.start, after.statename]).toEqual([before.pid, before.start, 'RUNNING']);
      await machine.client.signalProcess('stubborn', 'KILL');
      await machine.client.stopProcess('steady', true);
      const { stop, now, description } = await machine.of('steady');
      expect(now - stop).toBeLessThan(60);
      await machine.setClock(30);
      const later = await machine.of('steady');
      expect(Math.abs(later.stop - stop - 30 * hour)).toBeLessThanOrEqual(1);
      expect(later.description).not.toBe(description);
    } finally {
      await machine.end();
    }
  });
});

/** Ticks go on, by the new time. */
async function ticksOn({ daemon }: Machine, hours: number): Promise<void> {
  await eventually(
    () =>
      daemon
        .read('ticks')
        .split('\n')
        .some((line) => Math.abs(Number(line.slice(5)) - trueNow() - hours * hour) < 600),
    { what: 'a tick by the new time' },
  );
}

/** Seconds; the clock that the programs' notes are of. */
function sinceBoot(): number {
  return Number(readFileSync('/proc/uptime', 'latin1').split(' ')[0]);
}

function trueNow(): number {
  return Date.now() / 1000;
}

function count(text: string, needle: string): number {
  return text.split(needle).length - 1;
}
