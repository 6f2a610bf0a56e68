// One run of a program: real processes, pipes and logs.
import { afterAll, describe, expect, test } from 'bun:test';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SyscallError } from '../../../src/linux/errno.ts';
import { libc, ptr } from '../../../src/linux/libc.ts';
import { RLIMIT_NOFILE } from '../../../src/linux/limits.ts';
import type { ExitStatus } from '../../../src/linux/wait.ts';
import { bySize } from '../../../src/logs/rotation.ts';
import type { Child, ChildPlan, OutputConsumer } from '../../../src/supervisor/child.ts';
import { SpawnError } from '../../../src/supervisor/spawn-error.ts';
import { eventually } from '../../support/eventually.ts';
import { processConfig, Stage } from './process-stage.ts';

const directory = mkdtempSync(join(tmpdir(), 'tsv-child-'));
const stage = new Stage();
const { children, dataPlane } = stage.daemon();
afterAll(async () => {
  await stage.end();
  rmSync(directory, { recursive: true });
});

const ignored: OutputConsumer = { onData: null, onCapture: null, prompt: true, syslogName: null };

function planOf(script: string, more: Partial<ChildPlan> = {}): ChildPlan {
  const config = processConfig('');
  return {
    ...{ config, group: config.name, command: { path: '/bin/sh', argv: ['/bin/sh', '-c', script] } },
    ...{ environment: ['PATH=/usr/bin:/bin'], cgroup: null, limits: null, stdinFd: null, pool: null },
    ...{
      logs: { stdout: null, stderr: null },
      stripAnsi: false,
      outputs: { stdout: ignored, stderr: ignored },
    },
    ...more,
  };
}

/** The log of one channel, and how to read it. */
function logAt(name: string) {
  const path = join(directory, name);
  return { log: dataPlane.openLog({ path, rotation: bySize(0, 0) }), text: () => readFileSync(path, 'utf8') };
}

interface Run {
  readonly child: Child;
  /** When it was reaped. */
  readonly ended: Promise<ExitStatus>;
}

function run(plan: ChildPlan): Run {
  const { promise, resolve } = Promise.withResolvers<ExitStatus>();
  const child = children.beginSpawn(plan).finish(async (status) => resolve(status));
  return { child, ended: promise };
}

async function runToItsEnd(plan: ChildPlan): Promise<ExitStatus> {
  const { child, ended } = run(plan);
  const status = await ended;
  await child.drained();
  return status;
}

/** How many ends of pipes this process has: with all children drained those that it began with. */
function openPipes(): number {
  return readdirSync('/proc/self/fd').filter((fd) => isPipe(`/proc/self/fd/${fd}`)).length;
}

/** The descriptor of the listing is gone. */
function isPipe(descriptor: string): boolean {
  try {
    return readlinkSync(descriptor).startsWith('pipe:');
  } catch {
    return false;
  }
}

const pipesAtFirst = openPipes();
const allClosed = () => eventually(() => openPipes() === pipesAtFirst, { what: 'all pipes to be closed' });

describe('a child', () => {
  test('is drained when all that it has written is in its logs', async () => {
    const [out, err] = [logAt('out'), logAt('err')];
    const script = 'head -c 300000 /dev/zero | tr "\\\\0" x; echo trouble >&2; exit 3';
    const status = await runToItsEnd(planOf(script, { logs: { stdout: out.log, stderr: err.log } }));
    expect(status).toEqual({ kind: 'exited', code: 3 });
    expect([out.text().length, err.text()]).toEqual([300_000, 'trouble\n']);
    for (const { log } of [out, err]) log.release();
  });

  test('is drained when all that it has written was given to those who listen', async () => {
    const heard: string[] = [];
    const onData = (chunk: Uint8Array) => void heard.push(Buffer.from(chunk).toString());
    const stdout = { ...ignored, onData };
    await runToItsEnd(planOf('for i in 1 2 3; do echo $i; done', { outputs: { stdout, stderr: ignored } }));
    expect(heard.join('')).toBe('1\n2\n3\n');
  });

  test('is drained though a descendant keeps its pipes open, whose words still come', async () => {
    const { log, text } = logAt('descendant');
    const orphan = '(while [ ! -e "$0.go" ]; do sleep 0.01; done; echo late) & echo early';
    const argv = ['/bin/sh', '-c', orphan, join(directory, 'descendant')];
    await runToItsEnd(
      planOf('', { command: { path: '/bin/sh', argv }, logs: { stdout: log, stderr: null } }),
    );
    expect(text()).toBe('early\n');
    await Bun.write(join(directory, 'descendant.go'), '');
    await eventually(() => text() === 'early\nlate\n', { what: 'the descendant to speak' });
    log.release();
  });

  test('reads what is written to it, and gets the signal that ends it', async () => {
    const { log, text } = logAt('cat');
    const { child, ended } = run(planOf('exec cat', { logs: { stdout: log, stderr: null } }));
    child.stdin?.write(Buffer.from('words\n'));
    await eventually(() => text() === 'words\n', { what: 'cat to answer' });
    expect(child.signal(15, 'process')).toBeNull();
    expect(await ended).toEqual({ kind: 'signaled', signal: 15, coreDumped: false });
    log.release();
  });

  test('that was reaped is signalled no more, whoever has its numbers now, and its stdin is closed', async () => {
    const { log, text } = logAt('group');
    const heir = 'trap "echo ended; exit" TERM; echo $$; while :; do sleep 0.01; done';
    const argv = ['/bin/sh', '-c', '/bin/sh -c "$0" & exit 0', heir];
    const { child, ended } = run(
      planOf('', { command: { path: '/bin/sh', argv }, logs: { stdout: log, stderr: null } }),
    );
    await ended;
    await eventually(() => text().endsWith('\n'), { what: 'another process of its group' });
    expect(child.signal(9, 'group')).toBeNull();
    expect(child.signal(9, 'process')).toBeNull();
    expect(child.stdin?.write(Buffer.from('words'))).toBe('closed');
    process.kill(Number(text()), 'SIGTERM');
    await eventually(() => text().endsWith('ended\n'), { what: 'that one to end in its own way' });
    log.release();
  });
});

describe('a child that cannot be spawned', () => {
  test.each([
    [
      'exec',
      { command: { path: '/nonexistent', argv: ['nonexistent'] } },
      "couldn't exec nonexistent: ENOENT",
    ],
    ['chdir', { config: processConfig('directory=/nonexistent') }, "couldn't chdir to /nonexistent: ENOENT"],
  ] as const)('for its %s says why, also in its log, and leaves nothing open', async (name, more, reason) => {
    const { log, text } = logAt(`failed-${name}`);
    const plan = planOf('', { ...more, logs: { stdout: null, stderr: log } });
    expect(() => run(plan)).toThrow(new SpawnError(reason));
    await allClosed();
    await log.written();
    expect(text()).toBe(`supervisor: ${reason}\nsupervisor: child process was not spawned\n`);
    log.release();
  });

  test('for want of descriptors leaves nothing open, however many there were', async () => {
    await runToItsEnd(planOf('exit 0'));
    const outcomes: ('ran' | 'refused')[] = [];
    for (let free = 0; free <= 32; free += 1) {
      const outcome = withDescriptors(free, () => attempt(planOf('exit 0')));
      if (outcome !== 'refused') {
        await outcome.ended;
        await outcome.child.drained();
      }
      outcomes.push(outcome === 'refused' ? outcome : 'ran');
      await allClosed();
    }
    const firstRun = outcomes.indexOf('ran');
    expect(firstRun).toBeGreaterThan(5);
    expect(new Set(outcomes.slice(firstRun))).toEqual(new Set(['ran']));
  });

  function attempt(plan: ChildPlan): Run | 'refused' {
    try {
      return run(plan);
    } catch (error) {
      if (error instanceof SpawnError || error instanceof SyscallError) return 'refused';
      throw error;
    }
  }

  /** Meanwhile this process can open so many more. */
  function withDescriptors<T>(free: number, action: () => T): T {
    const taken = new Set(readdirSync('/proc/self/fd').map(Number));
    let number = 0;
    for (let found = 0; found < free; number += 1) if (!taken.has(number)) found += 1;
    const limit = new BigUint64Array(2);
    libc.getrlimit(RLIMIT_NOFILE, ptr(limit));
    const [soft = 0n] = limit;
    limit[0] = BigInt(number);
    libc.setrlimit(RLIMIT_NOFILE, ptr(limit));
    try {
      return action();
    } finally {
      limit[0] = soft;
      libc.setrlimit(RLIMIT_NOFILE, ptr(limit));
    }
  }
});
