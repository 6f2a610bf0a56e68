// What the log and the listeners are told while everything stops, by the original and by ours.
import { expect, test } from 'bun:test';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Daemon, original, ours } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';

const recorder = readFileSync(join(import.meta.dir, '../events/recording-listener.py'), 'utf8');

/** Ends a moment after SIGTERM, so that what is before it can be told from what is after it. */
const slow = `/bin/sh -c 'trap "sleep 0.3; exit 0" TERM; while :; do sleep 0.05; done'`;
const config = `[program:first]
command=${slow}
priority=30
startsecs=0
[program:waiting]
command=/nonexistent/program
priority=10
startretries=100000
[program:second]
command=${slow}
priority=20
startsecs=0
[eventlistener:recorder]
command=/usr/bin/python3 %(here)s/recorder.py %(here)s/record
events=PROCESS_STATE_FATAL,PROCESS_STATE_STOPPED
startsecs=0
stopasgroup=true
`;
/** Added last, with the lowest priority number but one; it stays until the listener has heard of the one before it. */
const added = `[program:added]
command=/bin/sh -c 'trap "until grep -q FATAL.*processname:waiting %(here)s/record; do sleep 0.05; done; exit 0" TERM; while :; do sleep 0.05; done'
priority=0
startsecs=0
[program:added_waiting]
command=/nonexistent/program
priority=40
startretries=100000
`;

interface Told {
  readonly log: readonly string[];
  readonly events: readonly string[];
}

async function endOf(executable: readonly string[]): Promise<Told> {
  const daemon = await Daemon.start({ executable, config, files: { 'recorder.py': recorder } });
  const states = async (wanted: Record<string, string>) => {
    const seen = await daemon.states();
    return Object.entries(wanted).every(([name, state]) => seen[name] === state);
  };
  const before = { first: 'RUNNING', second: 'RUNNING', recorder: 'RUNNING', waiting: 'BACKOFF' };
  await eventually(() => states(before), { what: 'the first groups' });
  writeFileSync(daemon.configPath, readFileSync(daemon.configPath, 'utf8') + added);
  await daemon.supervisorctl('update');
  await eventually(() => states({ ...before, added: 'RUNNING', added_waiting: 'BACKOFF' }), {
    what: 'all groups',
  });
  daemon.subprocess.kill('SIGTERM');
  expect(await daemon.subprocess.exited).toBe(0);
  const lines = daemon
    .log()
    .split('\n')
    .map((line) => line.slice(24));
  const events = daemon
    .read('record')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): { headers: { eventname: string }; payload: string } => JSON.parse(line))
    .map(({ headers, payload }) => `${/processname:(\S+)/.exec(payload)?.[1]} ${headers.eventname}`);
  const told = {
    log: lines.filter((line) => line.includes('waiting for') || /(stopped|gave up): (?!recorder)/.test(line)),
    // The listener may be gone before it hears of the last one.
    events: events.slice(0, 4),
  };
  rmSync(daemon.directory, { recursive: true });
  return told;
}

test('a shutdown waits for all that are not stopped, in the order they were added, and gives up each in its turn', async () => {
  const [mine, theirs] = await Promise.all([endOf(ours), endOf(original)]);
  expect(mine).toEqual({
    log: [
      'INFO waiting for recorder, waiting, second, first, added to die',
      'INFO stopped: first (exit status 0)',
      'INFO stopped: second (exit status 0)',
      'INFO stopped: added (exit status 0)',
    ],
    events: [
      'added_waiting PROCESS_STATE_FATAL',
      'first PROCESS_STATE_STOPPED',
      'second PROCESS_STATE_STOPPED',
      'waiting PROCESS_STATE_FATAL',
    ],
  });
  expect(mine).toEqual(theirs);
});

test('with loglevel=debug each SIGCHLD is told, behind the last words and the end of the child', async () => {
  const logs = await Promise.all(
    [ours, original].map(async (executable) => {
      const daemon = await Daemon.start({
        executable,
        supervisord: 'loglevel=debug',
        config: `[program:brief]
command=/bin/echo last words
startsecs=10`,
      });
      const told = 'received SIGCHLD indicating a child quit';
      await eventually(() => daemon.log().includes(told), { what: 'the line' });
      const lines = daemon
        .log()
        .split('\n')
        .filter((line) => /last words|brief|SIGCHLD/.test(line) && !line.includes('stopped monitoring'));
      await daemon.stop();
      return lines.map((line) => line.replace(/^[-\d: ,]{24}/, '').replace(/pid \d+/, 'pid N'));
    }),
  );
  const firstLife = (lines: readonly string[] = []) => lines.slice(0, 5);
  expect(firstLife(logs[0])).toEqual([
    "INFO spawned: 'brief' with pid N",
    "DEBG 'brief' stdout output:",
    'last words',
    'WARN exited: brief (exit status 0; not expected)',
    'DEBG received SIGCHLD indicating a child quit',
  ]);
  expect(firstLife(logs[0])).toEqual(firstLife(logs[1]));
});
