import { describe, expect, test } from 'bun:test';
import { chmodSync, copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Daemon, original, ours } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';

const recorder = join(import.meta.dir, 'recording-listener.py');

/** Gives the daemon's directory away, becomes that user for good, and starts. */
const asUser = 'chown www-data . && exec setpriv --reuid=www-data --regid=www-data --clear-groups "$0" "$@"';

/** A program that makes itself root, which a daemon that is not root may not signal. */
const unstoppable = `
[eventlistener:recorder]
command=/usr/bin/python3 ${recorder} %(here)s/events.jsonl
events=PROCESS_STATE_STOPPING,PROCESS_STATE_UNKNOWN
[program:unstoppable]
command=SETUID_PYTHON -c "import os, time; os.setresuid(0, 0, 0); open('%(here)s/root', 'w').close(); time.sleep(1000)"
startsecs=0
autorestart=false
`;

describe('a process that cannot be signalled', () => {
  test('becomes UNKNOWN, and listeners are told what the original tells', async () => {
    const theirs = await eventsOf(original);
    expect(theirs).toEqual([
      'PROCESS_STATE_STOPPING processname:unstoppable groupname:unstoppable from_state:RUNNING pid:PID',
      'PROCESS_STATE_UNKNOWN processname:unstoppable groupname:unstoppable from_state:STOPPING',
    ]);
    expect(await eventsOf(ours)).toEqual(theirs);
  });
});

async function eventsOf(executable: readonly string[]): Promise<string[]> {
  const directory = mkdtempSync(join(tmpdir(), 'tsv-setuid-'));
  const daemon = await Daemon.start({
    executable: ['/bin/sh', '-c', asUser, ...executable],
    config: unstoppable.replace('SETUID_PYTHON', setuidPython(directory)),
  });
  let root = 0;
  try {
    await eventually(() => daemon.log().includes('success: recorder') && existsSync(daemon.path('root')), {
      what: 'both to run',
    });
    root = Number((await daemon.supervisorctl('pid', 'unstoppable')).stdout);
    await daemon.supervisorctl('stop', 'unstoppable');
    await eventually(() => recorded(daemon).length === 2, { what: 'two events' });
    return recorded(daemon);
  } finally {
    daemon.subprocess.kill('SIGKILL');
    if (root > 0) process.kill(root, 'SIGKILL');
    await daemon.stop();
    rmSync(directory, { recursive: true });
  }
}

function setuidPython(directory: string): string {
  chmodSync(directory, 0o755);
  const python = join(directory, 'python');
  copyFileSync('/usr/bin/python3', python);
  chmodSync(python, 0o4755);
  return python;
}

function recorded(daemon: Daemon): string[] {
  const lines = daemon.read('events.jsonl').split('\n').slice(0, -1);
  return lines.map((line) => {
    const { headers, payload } = JSON.parse(line);
    return `${headers.eventname} ${payload}`.replace(/pid:\d+/, 'pid:PID');
  });
}
