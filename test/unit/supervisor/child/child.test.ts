// One run of a program: real processes, pipes and logs.
import { afterAll, describe, expect, test } from 'bun:test';
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SyscallError } from '../../../../src/linux/errno.ts';
import { libc, ptr } from '../../../../src/linux/libc.ts';
import { RLIMIT_NOFILE } from '../../../../src/linux/limits.ts';
import type { ExitStatus } from '../../../../src/linux/wait.ts';
import { bySize } from '../../../../src/logs/rotation.ts';
import type {
  Child,
  ChildPlan,
  OutputConsumer,
  PlannedReadiness,
} from '../../../../src/supervisor/child/child.ts';
import { SpawnError } from '../../../../src/supervisor/child/spawn-error.ts';
import { eventually } from '../../../support/eventually.ts';
import { processConfig, Stage } from '../process-stage.ts';

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
    readiness: null,
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
  const child = children.beginSpawn(plan).finish(
    async (status) => resolve(status),
    () => {},
  );
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
/** `descendants`: ends of pipes that those hold open on the other side. */
const allClosedBut = (count: number) =>
  eventually(() => openPipes() === pipesAtFirst + count, { what: 'its own pipe to be closed' });
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

describe('a child that shows that it is ready', () => {
  /** What it has shown, in order. */
  function watched(by: PlannedReadiness['by'], script: string, more: Partial<ChildPlan> = {}) {
    const verdicts: string[] = [];
    const onReady = () => void verdicts.push('ready');
    const onNever = (reason: string) => void verdicts.push(reason);
    return { ...run(planOf(script, { ...more, readiness: { by, onReady, onNever } })), verdicts };
  }

  const descriptor = { kind: 'fd', fd: 5 } as const;
  const line = { kind: 'log', pattern: '^up$' } as const;
  const onceOver = join(directory, 'over');
  const waiting = `while [ ! -e ${onceOver} ]; do sleep 0.01; done`;

  test.each([
    ['by a newline on a descriptor', descriptor, `echo >&5; ${waiting}`],
    ['by a newline after other words', descriptor, `printf words >&5; echo >&5; ${waiting}`],
    ['by a line on stdout', line, `echo loading; echo up; ${waiting}`],
    ['by a line on stderr', line, `echo up >&2; echo up; ${waiting}`],
  ])('%s shows it while it runs, once', async (_, by, script) => {
    rmSync(onceOver, { force: true });
    const { child, ended, verdicts } = watched(by, script);
    await eventually(() => verdicts.length > 0, { what: 'it to be ready' });
    await Bun.write(onceOver, '');
    await ended;
    await child.drained();
    expect(verdicts).toEqual(['ready']);
    await allClosed();
  });

  test.each([
    ['a descriptor', descriptor, 'echo >&5'],
    ['its output', line, 'echo up'],
  ])('by %s and ends at once has shown it when it is drained', async (_, by, script) => {
    const { child, ended, verdicts } = watched(by, script);
    await ended;
    await child.drained();
    expect(verdicts).toEqual(['ready']);
  });

  test('never will be when it has closed its descriptor without a newline', async () => {
    rmSync(onceOver, { force: true });
    const { child, ended, verdicts } = watched(descriptor, `printf no >&5; exec 5>&-; ${waiting}`);
    await eventually(() => verdicts.length > 0, { what: 'it to be seen' });
    await Bun.write(onceOver, '');
    await ended;
    await child.drained();
    expect(verdicts).toEqual(['closed descriptor 5 without a newline']);
    await allClosed();
  });

  test('says nothing about its descriptor by its exit', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { child, ended, verdicts } = watched(descriptor, 'exit 3');
      expect(await ended).toEqual({ kind: 'exited', code: 3 });
      await child.drained();
      expect(verdicts).toEqual([]);
    }
    await allClosed();
  });

  test('has ended when a descendant that keeps the descriptor goes on, which shows nothing any more', async () => {
    const heir =
      '(trap "" PIPE; while [ ! -e "$0" ]; do sleep 0.01; done; echo >&5; echo $? >"$0.heir") & exit 0';
    const path = join(directory, 'heir');
    const command = { path: '/bin/sh', argv: ['/bin/sh', '-c', heir, path] };
    const { child, ended, verdicts } = watched(descriptor, '', { command });
    await ended;
    await child.drained();
    await allClosedBut(2);
    await Bun.write(path, '');
    await eventually(() => existsSync(`${path}.heir`) && readFileSync(`${path}.heir`, 'utf8') !== '', {
      what: 'the descendant to have written',
    });
    // Its write has failed: nobody reads it.
    expect(readFileSync(`${path}.heir`, 'utf8')).not.toBe('0\n');
    expect(verdicts).toEqual([]);
    await allClosed();
  });

  test('has a descriptor that no other child inherits', async () => {
    rmSync(onceOver, { force: true });
    const { child, ended } = watched(descriptor, waiting);
    const { log, text } = logAt('descriptors');
    await runToItsEnd(planOf('ls /proc/$$/fd', { logs: { stdout: log, stderr: null } }));
    expect(text()).toBe('0\n1\n2\n');
    await Bun.write(onceOver, '');
    await ended;
    await child.drained();
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

  const byDescriptor = { by: { kind: 'fd', fd: 3 }, onReady: () => {}, onNever: () => {} } as const;

  test.each([
    ['', null],
    [' with a descriptor to show readiness', byDescriptor],
  ])('for want of descriptors%s leaves nothing open, however many there were', async (_, readiness) => {
    await runToItsEnd(planOf('exit 0', { readiness }));
    const outcomes: ('ran' | 'refused')[] = [];
    for (let free = 0; free <= 32; free += 1) {
      const outcome = withDescriptors(free, () => attempt(planOf('exit 0', { readiness })));
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
