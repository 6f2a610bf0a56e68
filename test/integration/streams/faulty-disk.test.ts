// What the system refuses, for real: a file system that has become read-only, one that fails, a quota, a limit on the
// size of files, no more descriptors. The program continues, what is lost is counted, and writing resumes by itself.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Daemon } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';

const line = `${'x'.repeat(999)}\n`;
/** What XFS invented and ext4 has too: everything fails from then on (FS_IOC_SHUTDOWN). */
const shutDown = 'import fcntl, os, sys; fcntl.ioctl(os.open(sys.argv[1], 0), 0x8004587d, b"\\0" * 4)';

const disks = ['readonly', 'broken', 'quota'];

let directory: string;
let daemon: Daemon;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tsv-faulty-'));
  for (const disk of disks) mkdirSync(path(disk));
  mountNew('readonly');
  mountNew('broken');
  mountWithQuota('quota');
  daemon = await Daemon.start({
    config: `[program:readonly]
command=/bin/cat
startsecs=0
stdout_logfile=${path('readonly')}/log
stdout_logfile_maxbytes=0
[program:broken]
command=/bin/cat
startsecs=0
stdout_logfile=${path('broken')}/log
stdout_logfile_maxbytes=0
[program:quota]
command=/bin/cat
startsecs=0
stdout_logfile=${path('quota')}/log
stdout_logfile_maxbytes=0
[program:limited]
command=/bin/cat
startsecs=0
stdout_logfile=%(here)s/limited.log
stdout_logfile_maxbytes=0
[program:ticker]
command=/bin/sh -c 'i=0; while :; do i=$((i+1)); echo "line $i"; sleep 0.01; done'
stdout_logfile=%(here)s/ticker.log
stdout_logfile_maxbytes=300
stdout_logfile_backups=1000`,
  });
});
afterAll(async () => {
  await daemon?.stop();
  for (const disk of disks) execFileSync('umount', [path(disk)]);
  rmSync(directory, { recursive: true });
});

function path(name: string): string {
  return join(directory, name);
}

/** A file system of its own, in the place of what was there; the old one stays for those who have files open on it. */
function mountNew(disk: string): void {
  const image = newImage(disk, 8);
  execFileSync('mkfs.ext4', ['-q', image]);
  execFileSync('mount', ['-o', 'loop,errors=remount-ro', image, path(disk)]);
}

/** btrfs, as many kernels are built without the quotas of ext4 and tmpfs. */
function mountWithQuota(disk: string): void {
  const image = newImage(disk, 128);
  execFileSync('mkfs.btrfs', ['-q', image], { stdio: 'ignore' });
  execFileSync('mount', ['-o', 'loop', image, path(disk)]);
  execFileSync('btrfs', ['quota', 'enable', path(disk)]);
}

function limitBytes(disk: string, limit: string): void {
  // The volume itself.
  const group = '0/5';
  execFileSync('btrfs', ['qgroup', 'limit', limit, group, path(disk)]);
}

function newImage(disk: string, megabytes: number): string {
  const image = `${path(disk)}.image`;
  rmSync(image, { force: true });
  closeSync(openSync(image, 'w'));
  truncateSync(image, megabytes * 1024 * 1024);
  return image;
}

/** Sends a line through /bin/cat; how many bytes. */
async function say(name: string): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${daemon.port}/api/v1/supervisor.sendProcessStdin`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ name, chars: line }),
  });
  expect(await response.json()).toEqual({ result: true });
  return line.length;
}

async function sayUntil(name: string, what: string, done: () => boolean): Promise<number> {
  let said = 0;
  await eventually(
    async () => {
      said += await say(name);
      return done();
    },
    { what },
  );
  return said;
}

function size(file: string): number {
  try {
    return statSync(file).size;
  } catch {
    return 0;
  }
}

/** The writer of `log` continues while it cannot be written, and every byte is in the file or counted as dropped. */
async function loses(
  { name, log, reason }: { name: string; log: string; reason: string },
  fail: () => void,
  mend: () => void,
): Promise<void> {
  let said = await sayUntil(name, 'the log to be written', () => size(log) > 0);
  await eventually(() => size(log) === said, { what: 'everything to be written' });
  fail();
  const begun = `cannot write to ${log}: ${reason}; output is dropped until it can be written again`;
  said += await sayUntil(name, begun, () => daemon.log().includes(begun));
  const kept = size(log);
  mend();
  const after = size(log);
  const ended = new RegExp(`writing to ${log} again; (\\d+) bytes were dropped`);
  said += await sayUntil(name, 'writing to go on', () => ended.test(daemon.log()));
  const dropped = Number(ended.exec(daemon.log())?.[1]);
  await eventually(() => kept + size(log) - after + dropped === said, {
    what: 'all bytes to be accounted for',
  });
  expect(dropped).toBeGreaterThan(0);
  expect(daemon.log().split(`cannot write to ${log}`)).toHaveLength(2);
  expect(daemon.log().split(`writing to ${log} again`)).toHaveLength(2);
  expect(await daemon.states()).toMatchObject({ [name]: 'RUNNING' });
}

describe('a program whose log cannot be written continues, and dropped bytes are counted', () => {
  test('when its file system has become read-only', async () => {
    const log = join(path('readonly'), 'log');
    const device = execFileSync('findmnt', ['-n', '-o', 'SOURCE', path('readonly')], { encoding: 'utf8' });
    await loses(
      { name: 'readonly', log, reason: 'EROFS' },
      () => writeFileSync(`/sys/fs/ext4/${basename(device.trim())}/trigger_fs_error`, 'for a test'),
      () => {
        execFileSync('umount', ['-l', path('readonly')]);
        mountNew('readonly');
      },
    );
  });

  test('when its file system fails', async () => {
    const log = join(path('broken'), 'log');
    await loses(
      { name: 'broken', log, reason: 'EIO' },
      () => execFileSync('/usr/bin/python3', ['-c', shutDown, path('broken')]),
      () => {
        execFileSync('umount', ['-l', path('broken')]);
        mountNew('broken');
      },
    );
  });

  test('when its quota is used up', async () => {
    await loses(
      { name: 'quota', log: join(path('quota'), 'log'), reason: 'EDQUOT' },
      () => limitBytes('quota', '64K'),
      () => limitBytes('quota', 'none'),
    );
  });

  test('when it is as large as a file may be', async () => {
    const log = daemon.path('limited.log');
    const limit = (bytes: string) => execFileSync('prlimit', [`--pid=${daemon.pid}`, `--fsize=${bytes}:`]);
    await loses(
      { name: 'limited', log, reason: 'EFBIG' },
      () => limit('20000'),
      () => limit('unlimited'),
    );
  });
});

describe('a daemon without any descriptor left', () => {
  test('loses nothing of a log that should rotate, and rotates it when there is one', async () => {
    const trouble = `cannot rotate ${daemon.path('ticker.log')}: EMFILE; it goes on growing`;
    execFileSync('prlimit', [`--pid=${daemon.pid}`, '--nofile=4:']);
    await eventually(() => daemon.log().includes(trouble), { what: trouble });
    execFileSync('prlimit', [`--pid=${daemon.pid}`, '--nofile=1024:']);
    const before = size(daemon.path('ticker.log'));
    await eventually(() => size(daemon.path('ticker.log')) !== before, { what: 'a new file' });
    await daemon.supervisorctl('stop', 'ticker');
    const files = readdirSync(daemon.directory).filter((name) => name.startsWith('ticker.log'));
    const number = (name: string) => Number(name.slice('ticker.log.'.length));
    const text = files
      .sort((a, b) => number(b) - number(a))
      .map((name) => daemon.read(name))
      .join('');
    const lines = text.split('\n').slice(0, -1);
    expect(lines.length).toBeGreaterThan(10);
    expect(lines).toEqual(lines.map((_, index) => `line ${index + 1}`));
  });
});
