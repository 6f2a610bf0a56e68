import { beforeAll, describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Daemon, original, ours, run } from '../../support/daemon.ts';

const pools = ['recorder', 'exits', 'refuser', 'team_0', 'team_1'] as const;
type Pool = (typeof pools)[number];

/** What a listener was sent, with pids replaced: they differ from run to run. */
type Records = Readonly<Record<Pool, readonly string[]>>;

let theirs: Records;
let mine: Records;

beforeAll(async () => {
  [theirs, mine] = await Promise.all([recordsOf(original), recordsOf(ours)]);
}, 90_000);

describe('a Python listener', () => {
  test.each(pools)('in pool %s is sent what the original sends, in the same order', (pool) => {
    expect(mine[pool]).toEqual([...theirs[pool]]);
  });

  test('saw something of every kind', () => {
    for (const name of [
      'ADDED',
      'REMOVED',
      'BACKOFF',
      'FATAL',
      'COMMUNICATION_STDERR',
      'LOG_STDOUT',
      'LOG_STDERR',
      'processname:speaker',
      'STOPPING',
    ]) {
      expect(mine.recorder.join('\n')).toContain(name);
    }
    expect(mine.exits.length).toBeGreaterThan(3);
    expect(mine.refuser.length).toBeGreaterThan(6);
    expect(mine.recorder.join('\n')).toContain('"len": "15"}, "payload": "type:t\\u00e9\\nd');
  });

  test('that is the first of its pool gets whatever comes while it is ready', () => {
    expect(mine.team_0.length).toBeGreaterThan(3);
    expect(mine.team_1).toEqual(['']);
  });
});

const config = `
[eventlistener:recorder]
command=/usr/bin/python3 ${file('recording-listener.py')} %(here)s/recorder.jsonl
events=PROCESS_STATE,PROCESS_COMMUNICATION,PROCESS_LOG,REMOTE_COMMUNICATION,SUPERVISOR_STATE_CHANGE,PROCESS_GROUP
buffer_size=1000
priority=-30
[eventlistener:exits]
command=/usr/bin/python3 ${file('recording-listener.py')} %(here)s/exits.jsonl
events=process_state_exited , PROCESS_GROUP_REMOVED
priority=-20
startsecs=2
[eventlistener:refuser]
command=/usr/bin/python3 ${file('recording-listener.py')} %(here)s/refuser.jsonl 2
events=REMOTE_COMMUNICATION,PROCESS_STATE_FATAL
priority=-15
startsecs=3
[eventlistener:team]
command=/usr/bin/python3 ${file('recording-listener.py')} %(here)s/%(program_name)s_%(process_num)d.jsonl
process_name=%(program_name)s_%(process_num)d
numprocs=2
events=PROCESS_STATE_EXITED
priority=-12
[eventlistener:speaker]
command=/usr/bin/python3 ${file('speaking-listener.py')}
events=REMOTE_COMMUNICATION
stderr_capture_maxbytes=1KB
stderr_events_enabled=true
stdout_capture_maxbytes=1KB
stdout_events_enabled=true
buffer_size=100
priority=-10
[program:talker]
command=/bin/cat
autostart=false
stdout_events_enabled=true
[program:binary]
command=/bin/sh -c "printf '\\377\\376x it''s\\n'; exec sleep 1000"
autostart=false
stdout_events_enabled=true
[program:capturer]
command=/bin/cat
autostart=false
stdout_capture_maxbytes=1KB
stdout_events_enabled=true
[program:complainer]
command=/bin/sh -c "exec cat >&2"
autostart=false
stderr_capture_maxbytes=1KB
stderr_events_enabled=true
[program:exit3]
command=/bin/sh -c "sleep 1.5; exit 3"
autostart=false
autorestart=false
[program:exit0]
command=/bin/sleep 0.3
autostart=false
autorestart=unexpected
startsecs=0
[program:café]
command=/bin/sleep 1000
autostart=false
autorestart=true
[program:dies]
command=/bin/sh -c "sleep 0.2; exit 1"
autostart=false
startsecs=3
startretries=1
[program:logless]
command=/bin/cat
stdout_logfile=/proc/no-such-log
autostart=false
startretries=5
[program:one]
command=/bin/cat
autostart=false
[program:two]
command=/bin/cat
autostart=false
startsecs=2
[group:pair]
programs=two,one
`;

function file(name: string): string {
  return join(import.meta.dir, name);
}

async function recordsOf(executable: readonly string[]): Promise<Records> {
  const daemon = await Daemon.start({ config, executable });
  try {
    const { stderr, status } = await run([
      ...['/usr/bin/python3', file('scenario.py')],
      ...[daemon.path('supervisor.sock'), daemon.path('recorder.jsonl')],
    ]);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    await daemon.subprocess.exited;
    return {
      recorder: upTo(lastEvent, recorded(daemon.path('recorder.jsonl'))),
      exits: recorded(daemon.path('exits.jsonl')),
      refuser: recorded(daemon.path('refuser.jsonl')),
      team_0: recorded(daemon.path('team_0.jsonl')),
      team_1: recorded(daemon.path('team_1.jsonl')),
    };
  } finally {
    await daemon.stop();
  }
}

/** After this the pools themselves are stopped; how much of that they still see depends on who is quicker. */
const lastEvent = 'processname:one groupname:pair from_state:STOPPING';

function upTo(last: string, lines: readonly string[]): string[] {
  const end = lines.findIndex((line) => line.includes(last));
  expect(end).toBeGreaterThan(0);
  return lines.slice(0, end + 1);
}

function recorded(path: string): string[] {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  return lines.map((line) => {
    const withoutPid = line.replaceAll(/pid:[1-9]\d*/g, 'pid:PID');
    return withoutPid === line ? line : withoutPid.replace(/ "len": "\d+"/, '');
  });
}
