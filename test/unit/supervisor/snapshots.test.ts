// Processes with real children, restored from a snapshot as after an exec: another data plane, the same children.
import { afterAll, expect, test } from 'bun:test';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastCgiGroupConfig } from '../../../src/config/config.ts';
import { DataPlane } from '../../../src/data-plane/main/data-plane.ts';
import { Reaper } from '../../../src/supervisor/child/reaper.ts';
import { SpawnedChildren } from '../../../src/supervisor/child/spawned-children.ts';
import type { DaemonContext } from '../../../src/supervisor/daemon-context.ts';
import { FastCgiSocket } from '../../../src/supervisor/pools/fastcgi-socket.ts';
import { Process } from '../../../src/supervisor/process.ts';
import { eventually } from '../../support/eventually.ts';
import { processConfig, Stage } from './process-stage.ts';

const directory = mkdtempSync(join(tmpdir(), 'tsv-restored-'));
const stage = new Stage();
const first = stage.daemon();
let { reaper, dataPlane } = first;
afterAll(async () => {
  reaper.stop();
  await dataPlane.stop();
  await stage.end();
  rmSync(directory, { recursive: true });
});

const client = { kind: 'signal', signal: 'SIGUSR1' } as const;
const ignore = () => {};

/** As after an exec: no object but the kernel's is left. */
async function restarted(before: DaemonContext, process: Process): Promise<Process> {
  reaper.stop();
  const written = JSON.stringify({ plane: await dataPlane.freeze(), process: process.snapshot() });
  const { plane, process: snapshot } = JSON.parse(written);
  dataPlane = await DataPlane.restore(plane, ignore, ignore);
  reaper = new Reaper(before.log);
  const children = new SpawnedChildren(dataPlane, reaper);
  const after = new Process(process.config, process.group, { ...before, dataPlane, reaper, children });
  after.restore(snapshot);
  dataPlane.resume();
  return after;
}

test('a process goes on with its child: stdin, AUTO log, pid and exit', async () => {
  const config = processConfig('command=/bin/cat\nstdout_logfile=AUTO\nstartsecs=0\nautorestart=false');
  const daemon = { ...first, childlogdir: directory };
  const before = new Process(config, config.name, daemon);
  before.start(client);
  const path = before.logPaths.stdout ?? '';
  before.writeStdin(Buffer.from('half a '));
  await eventually(() => readFileSync(path, 'utf8') === 'half a ', { what: 'cat to answer' });

  const after = await restarted(daemon, before);
  expect([after.state, after.pid, after.logPaths]).toEqual(['RUNNING', before.pid, before.logPaths]);
  expect(readdirSync(directory)).toEqual([path.slice(directory.length + 1)]);
  after.writeStdin(Buffer.from('line\n'));
  await eventually(() => readFileSync(path, 'utf8') === 'half a line\n', { what: 'cat to answer' });
  after.stop(client);
  await eventually(() => after.state === 'STOPPED', { what: 'the child to be reaped' });
  expect(after.lastExit).toEqual({ kind: 'signaled', signal: 15, coreDumped: false });
});

test.each([
  ['a line', 'log:^up$', 'read go; echo up; exec cat'],
  ['a descriptor', 'fd:3', 'read go; echo up >&3; exec cat'],
])(
  'a process shows by %s that it is ready, though not to the data plane that it began with',
  async (_, ready, script) => {
    const config = processConfig(`command=/bin/sh -c "${script}"\nready=${ready}`);
    const children = new SpawnedChildren(dataPlane, reaper);
    const daemon = { ...first, dataPlane, reaper, children };
    const before = new Process(config, config.name, daemon);
    before.start(client);
    const after = await restarted(daemon, before);
    expect(after.state).toBe('STARTING');
    after.writeStdin(Buffer.from('go\n'));
    await eventually(() => after.state === 'RUNNING', { what: 'it to be ready' });
    after.stop(client);
    await eventually(() => after.state === 'STOPPED', { what: 'the child to be reaped' });
  },
);

test('a process whose child was reaped, but not drained, ends as it did', async () => {
  const config = processConfig(`command=/bin/sh -c "exit 3"\nstartsecs=0\nautorestart=false`);
  const before = new Process(config, config.name, {
    ...first,
    dataPlane,
    reaper,
    children: new SpawnedChildren(dataPlane, reaper),
  });
  before.start(client);
  // It is drained in a later turn than the one in which it is reaped.
  while (before.lastExit === null) void reaper.reap();
  expect(before.state).toBe('RUNNING');
  const snapshot = JSON.parse(JSON.stringify(before.snapshot()));
  expect(snapshot.child.child.exit).toEqual({ kind: 'exited', code: 3 });

  const daemon = { ...first, dataPlane, reaper, children: new SpawnedChildren(dataPlane, reaper) };
  const after = new Process(config, config.name, daemon);
  after.restore(snapshot);
  expect(after.signal(9)).toBe(true);
  await eventually(() => after.state === 'EXITED', { what: 'its exit to be dispatched' });
  expect(after.life.exitStatus).toBe(3);
});

test('a FastCGI socket goes on with its holders, and is closed with the last of them', async () => {
  const path = join(directory, 'socket');
  const config: FastCgiGroupConfig = {
    ...{ kind: 'fastcgi', name: 'site', priority: 999, processes: [], backlog: null },
    ...{
      socket: { kind: 'unix', path, mode: 0o700, owner: { uid: -1, gid: -1 } },
      socketUrl: `unix://${path}`,
    },
  };
  const lines: string[] = [];
  const log = { info: (line: string) => void lines.push(line) };
  const before = new FastCgiSocket(config, log);
  const fd = before.acquire('a');
  before.acquire('b');
  const after = new FastCgiSocket(config, log);
  after.restore(JSON.parse(JSON.stringify(before.snapshot())));
  expect(after.acquire('c')).toBe(fd);
  for (const holder of ['a', 'c']) after.release(holder);
  expect(await accepts(path)).toBe(true);
  after.release('b');
  expect([await accepts(path), existsSync(path)]).toEqual([false, true]);
  expect(lines).toEqual([`Creating socket unix://${path}`, `Closing socket unix://${path}`]);
});

function accepts(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('close', () => socket.destroy());
    socket.unref();
  });
}
