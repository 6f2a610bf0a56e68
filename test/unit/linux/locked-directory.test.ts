// Directories of processes that live, and of those that were killed.
import { afterAll, expect, test } from 'bun:test';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LockedDirectory } from '../../../src/linux/locked-directory.ts';
import { UnixDatagramReceiver } from '../../../src/linux/unix-datagram-receiver.ts';

const parent = mkdtempSync(join(tmpdir(), 'tsv-locked-'));
afterAll(() => rmSync(parent, { recursive: true }));

/** A directory of a process that was killed, with a socket in it. */
function abandoned(name: string, mode = 0o711): string {
  const path = join(parent, name);
  mkdirSync(path);
  chmodSync(path, mode);
  new UnixDatagramReceiver(join(path, 'socket')).close();
  return path;
}

test('the directories of killed processes are removed, and nothing else', async () => {
  const own = LockedDirectory.create(parent, 'x-', 0o711);
  abandoned('x-aaaaaa');
  abandoned('x-bbbbbb');
  const kept = [
    abandoned('x-longer-name'),
    abandoned('y-aaaaaa'),
    // Such as a checkout.
    abandoned('x-source', 0o755),
    abandoned('x-cccccc'),
  ];
  writeFileSync(join(parent, 'x-cccccc', 'file'), '');
  writeFileSync(join(parent, 'x-dddddd'), '');
  symlinkSync('y-aaaaaa', join(parent, 'x-eeeeee'));
  await LockedDirectory.removeAbandoned(parent, 'x-', 0o711);
  const names = [own.path, ...kept].map((path) => path.slice(parent.length + 1));
  expect(readdirSync(parent).toSorted()).toEqual([...names, 'x-dddddd', 'x-eeeeee'].toSorted());
  expect(readdirSync(join(parent, 'y-aaaaaa'))).toEqual(['socket']);
  expect(readdirSync(join(parent, 'x-cccccc')).toSorted()).toEqual(['file', 'socket']);
  own.remove();
});

test('a parent that does not exist has none', async () => {
  await LockedDirectory.removeAbandoned(join(parent, 'missing'), 'x-', 0o711);
});
