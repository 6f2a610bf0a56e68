// A disk that does not answer: a file system of its own, frozen as for a snapshot (fsfreeze(8)). Whoever writes there
// waits, in the kernel; nobody else may.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Daemon } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';

const lines = 20_000;

let directory: string;
let disk: string;
let daemon: Daemon;
let isFrozen = false;

const writer = `import itertools, os, sys
for number in itertools.count() if sys.argv[2] == "0" else range(int(sys.argv[2])):
    os.write(1, b"%08d %s\\n" % (number, b"x" * 90))
    if number % 100 == 0:
        open(sys.argv[1], "w").write(str(number))
open(sys.argv[1], "w").write("done")
import signal
signal.pause()
`;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tsv-frozen-'));
  disk = join(directory, 'disk');
  const image = join(directory, 'image');
  mkdirSync(disk);
  closeSync(openSync(image, 'w'));
  truncateSync(image, 64 * 1024 * 1024);
  execFileSync('mkfs.ext4', ['-q', image]);
  execFileSync('mount', ['-o', 'loop', image, disk]);
  daemon = await Daemon.start({
    files: { 'writer.py': writer },
    config: `[program:there]
command=/usr/bin/python3 %(here)s/writer.py %(here)s/there.state ${lines}
stdout_logfile=${disk}/there.log
stdout_logfile_maxbytes=0
[program:restless]
command=/usr/bin/python3 %(here)s/writer.py %(here)s/restless.state 0
stdout_logfile=${disk}/restless.log
stdout_logfile_maxbytes=1MB
stdout_logfile_backups=1
autostart=false
startsecs=0
[program:late]
command=/bin/sh -c 'echo late; exec sleep 1000'
stdout_logfile=${disk}/late.log
autostart=false
[program:elsewhere]
command=/bin/cat
stdout_logfile=%(here)s/elsewhere.log
[program:nowhere]
command=/usr/bin/python3 %(here)s/writer.py %(here)s/nowhere.state ${lines}
stdout_logfile=NONE
autostart=false
startsecs=0`,
  });
});
afterAll(async () => {
  if (isFrozen) thaw();
  await daemon?.stop();
  execFileSync('umount', [disk]);
  rmSync(directory, { recursive: true });
});

function freeze(): void {
  execFileSync('fsfreeze', ['-f', disk]);
  isFrozen = true;
}

function thaw(): void {
  execFileSync('fsfreeze', ['-u', disk]);
  isFrozen = false;
}

/** The thread that writes waits in the kernel for the disk, and so does the program for room in its pipe. */
async function stands(program: string): Promise<void> {
  const pid = Number((await daemon.supervisorctl('pid', program)).stdout);
  await eventually(() => hasThreadIn('D', daemon.pid) && waitsForPipe(pid), { what: 'the writer to wait' });
}

function hasThreadIn(state: string, pid: number): boolean {
  return readdirSync(`/proc/${pid}/task`).some((task) => stateOf(`/proc/${pid}/task/${task}`) === state);
}

/** The letter behind the name in parentheses (proc_pid_stat(5)). */
function stateOf(directory: string): string | undefined {
  return /\) (\S)/.exec(readFileSync(`${directory}/stat`, 'utf8'))?.[1];
}

function waitsForPipe(pid: number): boolean {
  return readFileSync(`/proc/${pid}/wchan`, 'utf8').includes('pipe');
}

async function logged(text: string): Promise<void> {
  await eventually(() => daemon.log().includes(text), { what: text, timeoutMs: 20_000 });
}

describe('while a disk does not answer', () => {
  test('its writer waits, and all others continue', async () => {
    freeze();
    await stands('there');
    expect((await daemon.supervisorctl('start', 'nowhere')).stdout).toBe('nowhere: started\n');
    await eventually(() => daemon.read('nowhere.state') === 'done', { what: 'output without a log' });
    expect((await daemon.supervisorctl('start', 'late')).stdout).toBe('late: started\n');
    expect((await daemon.supervisorctl('restart', 'elsewhere')).stdout).toContain('elsewhere: started\n');
  });

  test('that is reported once, with the first file that stalled', async () => {
    await logged(`${disk}/there.log does not answer; what writes to its file system waits\n`);
  });

  test('programs that write there can be stopped', async () => {
    expect((await daemon.supervisorctl('stop', 'late')).stdout).toBe('late: stopped\n');
    expect(await daemon.states()).toMatchObject({ late: 'STOPPED', there: 'RUNNING', elsewhere: 'RUNNING' });
  });

  test('nothing is lost: what waited is written when it answers again', async () => {
    thaw();
    await eventually(() => daemon.read('there.state') === 'done', { what: 'the writer to go on' });
    await daemon.supervisorctl('stop', 'there');
    const written = readFileSync(join(disk, 'there.log'), 'utf8').split('\n').slice(0, -1);
    expect(written.length).toBe(lines);
    expect(written.every((line, number) => line.startsWith(String(number).padStart(8, '0')))).toBe(true);
    expect(readFileSync(join(disk, 'late.log'), 'utf8')).toBe('late\n');
    await logged(`${disk}/there.log answers again after `);
    expect(daemon.log().match(/does not answer|answers again/g)).toEqual([
      'does not answer',
      'answers again',
    ]);
  });
});

describe('a shutdown while a disk stalls', () => {
  test('stops its programs, gives back what others need, and is gone when the disk answers', async () => {
    expect((await daemon.supervisorctl('start', 'restless')).stdout).toBe('restless: started\n');
    await eventually(() => Number(daemon.read('restless.state')) > 1000, { what: 'the writer' });
    freeze();
    await stands('restless');
    daemon.subprocess.kill('SIGTERM');
    await eventually(() => !existsSync(daemon.path('supervisor.sock')), { what: 'the socket to go' });
    expect(daemon.log()).toContain('stopped: restless (terminated by SIGTERM)');
    // A thread that is inside the kernel cannot end; everything else of the process does.
    const state = () => readFileSync(`/proc/${daemon.pid}/stat`, 'utf8').split(' ')[2];
    await eventually(() => state() === 'Z', { what: 'the main thread to end', timeoutMs: 20_000 });
    thaw();
    expect(await daemon.subprocess.exited).toBe(0);
    expect(await new Response(daemon.subprocess.stderr).text()).toContain(
      `${disk}/restless.log does not answer: what was to be written there is lost`,
    );
  });
});
