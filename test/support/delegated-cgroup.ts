// A cgroup (v2) of a test's own, marked as systemd marks delegated ones, and a daemon in it.
import { expect } from 'bun:test';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { killCgroup, removeCgroup, untilEmpty } from '../../src/linux/cgroup.ts';
import { cgroupPath, directoryOf } from '../../src/linux/own-cgroup.ts';
import { Daemon, ours, run } from './daemon.ts';

/** In the cgroup that this test runs in. */
export function newCgroup(): string {
  const own = cgroupPath(readFileSync('/proc/self/cgroup', 'utf8')) ?? '';
  const parent = directoryOf(own, readFileSync('/proc/self/mountinfo', 'utf8'));
  if (parent === null) throw new Error('this machine has no cgroup v2 hierarchy, which these tests need');
  const directory = join(parent, `tsv-${process.pid}-${crypto.randomUUID().slice(0, 8)}`);
  mkdirSync(directory);
  return directory;
}

export async function delegate(directory: string): Promise<void> {
  const script = "import os, sys; os.setxattr(sys.argv[1], 'trusted.delegate', b'1')";
  expect(await run(['python3', '-c', script, directory])).toMatchObject({ status: 0, stderr: '' });
}

export function startIn(
  directory: string,
  config: string,
  files: Record<string, string> = {},
): Promise<Daemon> {
  const enter = ['sh', '-c', `echo $$ >${directory}/cgroup.procs && exec "$@"`, 'sh'];
  return Daemon.start({ config, files, supervisord: 'loglevel=debug', executable: [...enter, ...ours] });
}

export async function discard(directory: string): Promise<void> {
  killCgroup(directory);
  await untilEmpty(directory, 10_000);
  expect(removeCgroup(directory)).toBe(true);
}
