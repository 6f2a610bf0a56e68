// As root: what is opened where other users can change the path, and with whose rights.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { explainUntrusted } from '../../../src/linux/explain-untrusted.ts';
import { openAppend, openAppendCached } from '../../../src/linux/file.ts';
import { holdTrusted } from '../../../src/linux/guarded-file.ts';
import { UntrustedPath } from '../../../src/linux/guarded-path.ts';
import { userByName } from '../../../src/linux/users.ts';

const nobody = 65534;

/** Owned by root; `user/` in it is owned by the user nobody, `private/` is closed to that user. */
let root: string;
let filesBefore: number;
beforeEach(() => {
  filesBefore = openFiles();
  root = mkdtempSync(join(tmpdir(), 'tsv-guarded-'));
  chmodSync(root, 0o755);
  mkdirSync(join(root, 'user'));
  chownSync(join(root, 'user'), nobody, nobody);
  mkdirSync(join(root, 'private'), { mode: 0o700 });
});
afterEach(() => {
  rmSync(root, { recursive: true });
  expect(openFiles()).toBe(filesBefore);
});

/** Descriptors of this process that lead to files and directories; the runtime opens others when it needs them. */
function openFiles(): number {
  return readdirSync('/proc/self/fd').filter((fd) => targetOf(fd).startsWith('/')).length;
}

/** The descriptor of the listing is gone. */
function targetOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return '';
  }
}

/** Which file is opened at a path below `root`, or why none is. */
function opened(name: string, writer: number | null = null): string {
  try {
    const fd = openAppend(join(root, name), 0o644, writer);
    const file = readlinkSync(`/proc/self/fd/${fd}`);
    closeSync(fd);
    return file.replace(`${root}/`, '');
  } catch (error) {
    if (error instanceof UntrustedPath) return error.reason.replaceAll(`${root}/`, '');
    throw error;
  }
}

/** What `setfacl -m u:UID:rwx` does to a directory of mode 0775 (acl(5), posix_acl_xattr.h of the kernel). */
function grantAll(path: string, uid: number): void {
  const [owner, user, group, mask, other, none] = [1, 2, 4, 16, 32, 0xffffffff];
  const entries = [
    [owner, 7, none],
    [user, 7, uid],
    [group, 7, none],
    [mask, 7, none],
    [other, 5, none],
  ];
  const list = `b''.join([struct.pack('<I', 2), *(struct.pack('<HHI', *entry) for entry in ${JSON.stringify(entries)})])`;
  const script = `import os, struct, sys; os.setxattr(sys.argv[1], 'system.posix_acl_access', ${list})`;
  expect(spawnSync('/usr/bin/python3', ['-I', '-c', script, path]).status).toBe(0);
}

describe('where only root can change the path', () => {
  test('files are created, and symbolic links followed', () => {
    symlinkSync('private', join(root, 'link'));
    symlinkSync(join(root, 'link/log'), join(root, 'log'));
    expect(opened('log')).toBe('private/log');
  });

  test('a link to what the daemon itself writes to is followed', () => {
    const output = openSync(join(root, 'private/output'), 'w');
    symlinkSync(`/proc/self/fd/${output}`, join(root, 'log'));
    expect(opened('log')).toBe('private/output');
    closeSync(output);
  });

  test('links that lead in a circle end with an error', () => {
    symlinkSync('other', join(root, 'log'));
    symlinkSync('log', join(root, 'other'));
    expect(() => opened('log')).toThrow(expect.objectContaining({ code: 'ELOOP' }));
  });

  test('the group of root may write there', () => {
    mkdirSync(join(root, 'logs'));
    chmodSync(join(root, 'logs'), 0o775);
    symlinkSync('../private/log', join(root, 'logs/log'));
    expect(opened('logs/log')).toBe('private/log');
  });

  test('files with several names and of anyone are opened', () => {
    writeFileSync(join(root, 'log'), '');
    chownSync(join(root, 'log'), 1, 1);
    linkSync(join(root, 'log'), join(root, 'other'));
    expect(opened('log')).toBe('log');
  });

  test('a link into a directory of a user leads there, and no further', () => {
    symlinkSync(join(root, 'user/log'), join(root, 'log'));
    expect(opened('log')).toBe('user/log');
    rmSync(join(root, 'user/log'));
    symlinkSync(join(root, 'private/new'), join(root, 'user/log'));
    expect(opened('log')).toBe('user/log is a symbolic link');
  });
});

describe('below a directory of a user', () => {
  test('files are created as root, as ever', () => {
    expect(opened('user/log')).toBe('user/log');
    expect(statSync(join(root, 'user/log')).uid).toBe(0);
  });

  test('a link of his is followed with his rights', () => {
    mkdirSync(join(root, 'user/other'));
    chownSync(join(root, 'user/other'), nobody, nobody);
    symlinkSync('other/log', join(root, 'user/log'));
    symlinkSync('other', join(root, 'user/logs'));
    expect(opened('user/log')).toBe('user/other/log');
    expect(opened('user/logs/more')).toBe('user/other/more');
    expect(statSync(join(root, 'user/other/log')).uid).toBe(nobody);
  });

  test('what his rights do not reach is refused', () => {
    writeFileSync(join(root, 'private/there'), '', { mode: 0o666 });
    writeFileSync(join(root, 'closed'), '', { mode: 0o600 });
    for (const target of ['private/there', 'private/new', 'closed']) {
      symlinkSync(join(root, target), join(root, 'user/log'));
      expect(opened('user/log')).toBe('user/log is a symbolic link');
      rmSync(join(root, 'user/log'));
    }
    symlinkSync(join(root, 'private'), join(root, 'user/logs'));
    expect(opened('user/logs/there')).toBe('user/logs is a symbolic link');
  });

  test('a descriptor of the daemon is not reached through /proc', () => {
    const fd = openAppend(join(root, 'private/log'), 0o666);
    symlinkSync(`/proc/self/fd/${fd}`, join(root, 'user/log'));
    expect(opened('user/log')).toBe('user/log is a symbolic link');
    closeSync(fd);
  });

  test('a file with another name elsewhere is refused', () => {
    writeFileSync(join(root, 'private/file'), '', { mode: 0o600 });
    linkSync(join(root, 'private/file'), join(root, 'user/log'));
    expect(opened('user/log')).toBe('user/log has 2 names (hard links)');
  });

  test.each([
    ['of a third user in it', (path: string) => chownSync(path, 1, 1)],
    ['in it that everyone can write to', (path: string) => chmodSync(path, 0o777)],
    ['in it that a group can write to', (path: string) => chmodSync(path, 0o775)],
  ])('a link in a directory %s is not followed with his rights, as others may have laid it', (_, change) => {
    const shared = join(root, 'user/shared');
    mkdirSync(shared);
    writeFileSync(join(root, 'user/keys'), '', { mode: 0o600 });
    for (const path of [shared, join(root, 'user/keys')]) chownSync(path, nobody, nobody);
    change(shared);
    symlinkSync('../keys', join(shared, 'log'));
    symlinkSync('..', join(shared, 'logs'));
    expect(opened('user/shared/log')).toBe('user/shared/log is a symbolic link');
    expect(opened('user/shared/logs/keys')).toBe('user/shared/logs is a symbolic link');
    expect(() => holdTrusted(join(shared, 'log'))).toThrow(UntrustedPath);
    expect(opened('user/shared/other')).toBe('user/shared/other');
  });

  test('a link of his into such a directory does not lead on by a link there', () => {
    mkdirSync(join(root, 'user/shared'));
    chownSync(join(root, 'user/shared'), 1, 1);
    symlinkSync('shared/log', join(root, 'user/log'));
    symlinkSync('../keys', join(root, 'user/shared/log'));
    expect(opened('user/log')).toBe('user/log is a symbolic link');
  });

  test('a link in a directory that the group of his own can write to is followed, unless more are on its access list', () => {
    const { uid, gid } = userByName('games') ?? expect.unreachable();
    mkdirSync(join(root, 'games'));
    chownSync(join(root, 'games'), uid, gid);
    chmodSync(join(root, 'games'), 0o775);
    symlinkSync('other', join(root, 'games/log'));
    expect(opened('games/log')).toBe('games/other');
    expect(statSync(join(root, 'games/other')).uid).toBe(uid);
    grantAll(join(root, 'games'), nobody);
    expect(opened('games/log')).toBe('games/log is a symbolic link');
  });

  test('a directory of root is no safer, as its name is the user’s', () => {
    mkdirSync(join(root, 'user/own'));
    symlinkSync(join(root, 'private/log'), join(root, 'user/own/log'));
    expect(opened('user/own/log')).toBe('user/own/log is a symbolic link');
  });

  test('a link of a user without an entry in the password file is not followed', () => {
    chownSync(join(root, 'user'), 54321, 54321);
    symlinkSync('other', join(root, 'user/log'));
    expect(opened('user/log')).toBe('user/log is a symbolic link');
  });

  test('what is no file is refused', () => {
    expect(spawnSync('mkfifo', [join(root, 'user/log')]).status).toBe(0);
    expect(opened('user/log')).toBe('user/log is no regular file');
  });

  test('what a link of his leads to is held only when it is his own, however it may be read', () => {
    writeFileSync(join(root, 'closed'), '', { mode: 0o600 });
    writeFileSync(join(root, 'user/own'), '');
    chownSync(join(root, 'user/own'), nobody, nobody);
    symlinkSync('../closed', join(root, 'user/log'));
    symlinkSync('own', join(root, 'user/link'));
    expect(() => holdTrusted(join(root, 'user/log'))).toThrow(UntrustedPath);
    closeSync(holdTrusted(join(root, 'user/link')));
  });

  test('a file of a third user is refused, unless the program runs as that one', () => {
    writeFileSync(join(root, 'user/log'), '', { mode: 0o600 });
    chownSync(join(root, 'user/log'), 1, 1);
    expect(opened('user/log')).toBe('user/log belongs to user daemon');
    expect(opened('user/log', 1)).toBe('user/log');
  });
});

describe('a path that everyone can change', () => {
  beforeEach(() => {
    mkdirSync(join(root, 'all'));
    chmodSync(join(root, 'all'), 0o1777);
  });

  test('is safe in directories of root below it, whose names are root’s', () => {
    mkdirSync(join(root, 'all/own'));
    symlinkSync(join(root, 'private'), join(root, 'all/own/logs'));
    expect(opened('all/own/logs/log')).toBe('private/log');
  });

  test('is not safe there when they can also rename those directories', () => {
    chmodSync(join(root, 'all'), 0o777);
    mkdirSync(join(root, 'all/own'));
    symlinkSync(join(root, 'private'), join(root, 'all/own/logs'));
    expect(opened('all/own/logs/log')).toBe('all/own/logs is a symbolic link');
  });

  test('has no link that is followed, by whichever user it was created', () => {
    symlinkSync(join(root, 'private/log'), join(root, 'all/log'));
    expect(opened('all/log')).toBe('all/log is a symbolic link');
  });

  test('is reported with a remedy', () => {
    symlinkSync(join(root, 'private/log'), join(root, 'all/log'));
    try {
      openAppend(join(root, 'all/log'));
      expect.unreachable();
    } catch (error) {
      if (!(error instanceof UntrustedPath)) throw error;
      expect(explainUntrusted(error).replaceAll(root, '')).toBe(
        '/all/log is not opened as root: /all/log is a symbolic link, and every user can change /all; ' +
          'name a file without links, in a directory that only root can change',
      );
    }
  });

  test('may not be one that a group can change either', () => {
    chownSync(join(root, 'all'), 0, 4);
    chmodSync(join(root, 'all'), 0o775);
    symlinkSync(join(root, 'private/log'), join(root, 'all/log'));
    expect(opened('all/log')).toBe('all/log is a symbolic link');
  });
});

test('what is opened from memory is judged like everything else', () => {
  const path = join(root, 'user/log');
  writeFileSync(path, '');
  symlinkSync('user/log', join(root, 'link'));
  const fd = openAppendCached(path, null);
  expect(fd === null ? '' : readlinkSync(`/proc/self/fd/${fd}`)).toBe(path);
  if (fd !== null) closeSync(fd);
  expect(openAppendCached(join(root, 'link'), null)).toBeNull();
  linkSync(path, join(root, 'user/other'));
  expect(openAppendCached(path, null)).toBeNull();
  expect(readFileSync(path, 'utf8')).toBe('');
});
