// A program's user owns the directory of its log and attacks the daemon of root there, while it writes, rotates,
// compresses and creates anew.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { spawnSync } from 'node:child_process';
import {
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Daemon } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';
import { nobody, Stage } from './stage.ts';

let stage: Stage;
let daemon: Daemon;
beforeEach(() => {
  stage = new Stage();
});
afterEach(async () => {
  expect(await daemon.stop()).toBe(0);
  stage.remove();
});

/** Prints some lines each millisecond. */
const chatter = `perl -e '$| = 1; while (1) { print "line\\n" x 20; select undef, undef, undef, 0.001 }'`;

async function start(command: string, options: string): Promise<void> {
  daemon = await Daemon.start({
    config:
      `[program:app]\ncommand=${command}\nuser=nobody\nredirect_stderr=true\nautostart=false\nstopasgroup=true\n` +
      `stdout_logfile=${stage.log()}\n${options}`,
  });
  await daemon.supervisorctl('start', 'app');
}

/** The program's output goes into a file of its own again. */
async function isLoggedAgain(): Promise<void> {
  await daemon.supervisorctl('start', 'app');
  await eventually(() => statSync(stage.log(), { throwIfNoEntry: false })?.isFile() ?? false, {
    what: 'the log to be written again',
  });
}

const rotating = 'stdout_logfile_maxbytes=2KB\nstdout_logfile_backups=3\n';

describe.each([
  ['as it is', rotating],
  ['while old files are compressed', `${rotating}stdout_logfile_compress=gzip\n`],
])('a hostile log directory, %s', (_, options) => {
  test.each([
    ['a file of root', 'shadow'],
    ['a readable file in a closed directory', 'notes'],
    ['a file that would be created', 'cron.d-entry'],
  ])('links to %s: it stays as it is and is read to no one', async (_what, name) => {
    const before = stage.vaultState();
    await start(chatter, options);
    await stage.attack('link', join(stage.vault, name), 150);
    expect(stage.vaultState()).toEqual(before);
    expect(stage.leaks()).toEqual([]);
    await isLoggedAgain();
  });

  test('links to an endless device: it is not copied', async () => {
    await start(chatter, options);
    await stage.attack('link', '/dev/urandom', 150);
    expect(stage.bytes()).toBeLessThan(1024 * 1024);
    await isLoggedAgain();
  });

  test('FIFOs: neither logging nor the end of the daemon waits for them', async () => {
    await start(chatter, options);
    await stage.attack('fifo', '', 150);
    await isLoggedAgain();
  });

  test('hard links to files of root: they stay as they are and are read to no one', async () => {
    for (let number = 0; number < 40; number += 1) {
      linkSync(join(stage.vault, 'shadow'), join(stage.home, 'spare', `link${number}`));
    }
    const before = stage.vaultState();
    await start(chatter, options);
    await stage.attack('hard', '', 150);
    expect(stage.vaultState()).toEqual(before);
    expect(stage.leaks()).toEqual([]);
    await isLoggedAgain();
  });

  test('a link to a directory of root in its place: nothing is renamed, written or removed there', async () => {
    const before = stage.vaultState();
    await start(chatter, options);
    await stage.attack('swap', stage.vault, 300);
    expect(stage.vaultState()).toEqual(before);
    await isLoggedAgain();
  });
});

describe('old files that are compressed', () => {
  test('are not given away with a link in the place of the copy', async () => {
    const before = stage.vaultState();
    const flood = `perl -e '$| = 1; print rand(), "\\n" for 1 .. 1400000; sleep 1000'`;
    await start(
      flood,
      'stdout_logfile_maxbytes=20MB\nstdout_logfile_backups=3\nstdout_logfile_compress=gzip\n',
    );
    await stage.attack('copy', join(stage.vault, 'shadow'), 1);
    await eventually(() => lstatSync(`${stage.log()}.1.gz`, { throwIfNoEntry: false }) !== undefined, {
      what: 'another copy',
    });
    expect(stage.vaultState()).toEqual(before);
  });

  test.each<readonly [string, (name: string) => void]>([
    ['a link to an endless device', (name) => symlinkSync('/dev/urandom', name)],
    ['a link to a file in a closed directory', (name) => symlinkSync(join(stage.vault, 'notes'), name)],
    ['a FIFO', (name) => spawnSync('mkfifo', [name])],
    ['a hard link', (name) => linkSync(join(stage.vault, 'shadow'), name)],
    ['a hole of a terabyte', (name) => spawnSync('truncate', ['-s', '1T', name])],
    ['a directory', (name) => mkdirSync(name)],
  ])('pass over %s, and the next one has its turn', async (_, lay) => {
    lay(`${stage.log()}.3`);
    writeFileSync(`${stage.log()}.2`, 'an old line\n');
    await start('sleep 1000', 'stdout_logfile_compress=gzip\n');
    await eventually(() => statSync(`${stage.log()}.2.gz`, { throwIfNoEntry: false }) !== undefined, {
      what: 'the next file to be compressed',
    });
    expect(readdirSync(stage.logs).sort()).toEqual(['app.log', 'app.log.2.gz', 'app.log.3']);
    expect(stage.leaks()).toEqual([]);
  });

  test('keep owner and mode, without more than permissions', async () => {
    writeFileSync(`${stage.log()}.1`, 'an old line\n', { mode: 0o640 });
    chownSync(`${stage.log()}.1`, nobody, nobody);
    await start('sleep 1000', 'stdout_logfile_compress=gzip\n');
    await eventually(() => statSync(`${stage.log()}.1.gz`, { throwIfNoEntry: false }) !== undefined, {
      what: 'the compressed file',
    });
    const { uid, mode } = statSync(`${stage.log()}.1.gz`);
    expect([uid, mode & 0o7777]).toEqual([nobody, 0o640]);
  });
});
