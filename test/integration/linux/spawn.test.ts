// What the kernel says of a child: run as root, since half of it is about giving up root.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import {
  chmodSync,
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { stepsOf } from '../../../src/linux/child-steps.ts';
import { keepDescriptorsFromChildren } from '../../../src/linux/descriptors.ts';
import { libc, ptr } from '../../../src/linux/libc.ts';
import { RLIMIT_NOFILE } from '../../../src/linux/limits.ts';
import { OwnOomScore } from '../../../src/linux/own-oom-score.ts';
import { createPipe } from '../../../src/linux/pipe.ts';
import {
  beginSpawn,
  maxPendingSpawns,
  SpawnFailure,
  type SpawnRequest,
  spawn,
  vacateSlots,
} from '../../../src/linux/spawn.ts';
import { zeros } from '../../../src/linux/spawn-arena.ts';
import { SpawnSlot } from '../../../src/linux/spawn-slot.ts';
import { hasControllingTerminal } from '../../../src/linux/terminal.ts';
import { reapChild } from '../../../src/linux/wait.ts';
import { eventually } from '../../support/eventually.ts';

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'tsv-spawn-'));
  chmodSync(directory, 0o755);
  keepDescriptorsFromChildren();
});
afterAll(() => rmSync(directory, { recursive: true }));

const plain = {
  path: '/bin/sh',
  argv: ['sh'],
  environment: ['PATH=/usr/bin:/bin', 'GREETING=hello world'],
  directory: null,
  extra: null,
  umask: null,
  cgroup: null,
  user: null,
  limits: null,
};

/** Runs a shell script to its end; what it printed and how it ended. */
async function shell(
  script: string,
  more: Partial<SpawnRequest> = {},
  start: (request: SpawnRequest) => number = spawn,
): Promise<{ output: string; ending: unknown }> {
  const path = join(directory, 'output');
  const output = openSync(path, 'w');
  const input = openSync('/dev/null', 'r');
  let pid: number;
  try {
    pid = start({ ...plain, argv: ['sh', '-c', script], stdio: [input, output, output], ...more });
  } finally {
    closeSync(input);
    closeSync(output);
  }
  let ending: unknown = null;
  await eventually(
    () => {
      const child = reapChild();
      if (child?.pid === pid) ending = child.status;
      return ending !== null;
    },
    { what: 'the child to end' },
  );
  return { output: readFileSync(path, 'utf8'), ending };
}

function end(pid: number): void {
  process.kill(pid, 'SIGKILL');
  while (reapChild() === null);
}

const nobody = { uid: 65534, gid: 65534, groups: [65534, 4, 24], name: 'nobody' };

describe('a child', () => {
  test('has the environment it was given and nothing else', async () => {
    const { output } = await shell('env | sort');
    expect(output.split('\n').filter((line) => !/^(PWD|_|SHLVL|OLDPWD)=/.test(line))).toEqual([
      'GREETING=hello world',
      'PATH=/usr/bin:/bin',
      '',
    ]);
  });

  test('has only its three standard descriptors', async () => {
    const { output } = await shell('ls /proc/$$/fd');
    expect(output.trim().split('\n')).toEqual(['0', '1', '2']);
  });

  test('is the leader of its own process group, in our session unless that has a terminal', async () => {
    const { output } = await shell(
      'read pid comm state ppid pgrp session rest </proc/$$/stat; echo $pid $pgrp $session',
    );
    const [pid, group, session] = output.trim().split(' ');
    expect(group).toBe(pid);
    expect(session === pid).toBe(hasControllingTerminal());
  });

  test('has no signal blocked and none ignored that a program could mind', async () => {
    const { output } = await shell('exec grep -E "SigBlk|SigIgn" /proc/self/status');
    expect(output).toContain('SigBlk:\t0000000000000000');
    // 32 and 33 are glibc's own, which it never lets a program see.
    expect(output).toMatch(/SigIgn:\t0000000[01][08]0000000/);
  });

  test('ends as the kernel says: exit code, signal', async () => {
    expect((await shell('exit 7')).ending).toEqual({ kind: 'exited', code: 7 });
    expect((await shell('kill -9 $$')).ending).toEqual({ kind: 'signaled', signal: 9, coreDumped: false });
  });

  test('starts in its directory and with its umask, without a change of those of the daemon', async () => {
    const before = process.cwd();
    const { output } = await shell('pwd; umask', { directory, umask: 0o27 });
    expect(output).toBe(`${directory}\n0027\n`);
    expect(process.cwd()).toBe(before);
    expect((await shell('umask')).output).not.toBe('0027\n');
  });

  test.each([
    ['ours', null],
    ['of another user', nobody],
  ])(
    'that is %s has its own limits, all descriptors as ever, and ours stay as they are',
    async (_whose, user) => {
      const look = 'ulimit -Sn; ulimit -Hn; cat /proc/self/oom_score_adj; ls /proc/$$/fd; cat';
      const own = () =>
        readFileSync('/proc/self/oom_score_adj', 'utf8') + readFileSync('/proc/self/limits', 'utf8');
      // Down to 0 needs no right, below it CAP_SYS_RESOURCE.
      writeFileSync('/proc/self/oom_score_adj', '321');
      const limits = { descriptors: { soft: 77n, hard: 99n }, ownOomScore: OwnOomScore.lower(100) };
      const before = own();
      expect(before).toStartWith('100\n');
      for (let round = 0; round < 3; round += 1) {
        const { output } = await shell(look, { limits, user });
        expect(output).toBe('77\n99\n321\n0\n1\n2\n');
        expect(own()).toBe(before);
      }
      writeFileSync('/proc/self/oom_score_adj', '0');
    },
  );

  test('of several pending spawns has the score of programs, and so have those of one that failed', () => {
    writeFileSync('/proc/self/oom_score_adj', '321');
    const limits = { descriptors: { soft: 100n, hard: 100n }, ownOomScore: OwnOomScore.lower(100) };
    const score = () => Number(readFileSync('/proc/self/oom_score_adj', 'utf8'));
    const fd = openSync('/dev/null', 'r+');
    const sleep: SpawnRequest = {
      ...{ ...plain, path: '/bin/sleep', argv: ['sleep', '1000'], limits, stdio: [fd, fd, fd] },
    };
    const pending = Array.from({ length: 3 }, () => beginSpawn(sleep));
    expect(score()).toBe(321);
    expect(() => spawn({ ...sleep, path: '/nonexistent' })).toThrow('exec: ENOENT');
    const pids = pending.map((spawning) => spawning.finish());
    expect(score()).toBe(100);
    for (const pid of pids) expect(readFileSync(`/proc/${pid}/oom_score_adj`, 'utf8')).toBe('321\n');
    pids.forEach(end);
    closeSync(fd);
    writeFileSync('/proc/self/oom_score_adj', '0');
  });

  test('of another user has his uid, his gid and all his groups, for good, and no capability', async () => {
    const { output } = await shell('grep -E "^(Uid|Gid|Groups|CapEff|CapPrm)" /proc/$$/status', {
      user: nobody,
    });
    expect(output.replaceAll(/[ \t]+/g, ' ').replaceAll(/ \n/g, '\n')).toBe(
      'Uid: 65534 65534 65534 65534\nGid: 65534 65534 65534 65534\nGroups: 4 24 65534\n' +
        'CapPrm: 0000000000000000\nCapEff: 0000000000000000\n',
    );
  });

  test('of another user leaves the daemon root, with its groups, dumpable', async () => {
    const mine = () =>
      /^(Uid|Gid|Groups|CapEff):.*$/gm[Symbol.match](readFileSync('/proc/self/status', 'utf8'));
    const before = mine();
    await shell('true', { user: nobody });
    expect(mine()).toEqual(before);
  });

  test('of another user gets directory, umask, signals, process group and descriptors like any other', async () => {
    const script = 'pwd; umask; ls /proc/$$/fd; grep SigBlk /proc/self/status';
    const request = { directory: '/usr', umask: 0o27 };
    expect((await shell(script, { ...request, user: nobody })).output).toBe(
      (await shell(script, request)).output,
    );
    const { output } = await shell('read pid c s p pgrp rest </proc/$$/stat; echo $(($pid - $pgrp))', {
      user: nobody,
    });
    expect(output).toBe('0\n');
  });

  test('of another user gets no copy of most memory of the daemon', async () => {
    await shell('true', { user: nobody });
    const mappings = readFileSync('/proc/self/smaps', 'latin1').split(/^(?=[\da-f]+-[\da-f]+ )/m);
    const dirtyKiB = (mapping: string): number => Number(/^Private_Dirty: +(\d+)/m.exec(mapping)?.[1] ?? 0);
    const total = (some: readonly string[]): number =>
      some.reduce((sum, mapping) => sum + dirtyKiB(mapping), 0);
    const copied = mappings.filter((mapping) => !/^VmFlags:.* dc/m.test(mapping));
    expect(total(copied)).toBeLessThan(total(mappings) / 10);
  });

  test('of another user can at no moment of its start signal the daemon', async () => {
    const attacker = Bun.spawn(
      ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '/usr/bin/python3', '-c', attack],
      { stdin: 'pipe', stdout: 'pipe', env: { ...process.env, TARGET: String(process.pid) } },
    );
    const lines = attacker.stdout.getReader();
    await lines.read();
    for (let count = 0; count < 100; count += 1) await shell('true', { user: nobody });
    attacker.stdin.end();
    let result = '';
    for (let piece = await lines.read(); piece.value; piece = await lines.read())
      result += Buffer.from(piece.value).toString();
    expect(result.trim()).toBe('never');
    await attacker.exited;
  });
});

const hangingDisk = join(import.meta.dir, '../../support/hanging-disk.py');

/** Asks the kernel in a busy loop whether it could signal the daemon, until EOF on stdin. */
const attack = `
import os, select, sys
target = int(os.environ['TARGET'])
print('ready', flush=True)
result = 'never'
while not select.select([sys.stdin], [], [], 0)[0]:
    for _ in range(1000):
        try:
            os.kill(target, 0)
            result = 'yes'
        except PermissionError:
            pass
print(result, flush=True)
`;

describe('a child that shares as little as on old kernels', () => {
  for (const shared of ['nothing', 'memory'] as const) {
    test(`(${shared}) is like any other, and says where it failed`, async () => {
      const script = 'pwd; umask; ls /proc/$$/fd; grep -E "SigBlk|SigIgn" /proc/self/status';
      const request = { directory: '/usr', umask: 0o27 };
      const place = SpawnSlot.next();
      const start = (more: SpawnRequest) =>
        place.start(stepsOf(more, null, [], place.memory), shared, { not: null }, null);
      const { output, ending } = await shell(script, request, (complete) => {
        const child = start(complete);
        expect(child.outcome()).toBeNull();
        return child.pid;
      });
      expect(output).toBe((await shell(script, request)).output);
      expect(ending).toEqual({ kind: 'exited', code: 0 });
      const fd = openSync('/dev/null', 'r+');
      const failure = (more: Partial<SpawnRequest>) =>
        start({ ...plain, stdio: [fd, fd, fd], ...more }).outcome();
      expect(failure({ path: '/nonexistent' })).toMatchObject({ errno: constants.errno.ENOENT });
      expect(failure({ directory: '/nonexistent' })).toMatchObject({ errno: constants.errno.ENOENT });
      closeSync(fd);
      expect(reapChild()).toBeNull();
    });
  }
});

describe('a child with one more descriptor', () => {
  /** Numbers that collide with those the spawner uses itself, and others. */
  const numbers = () => [3, 10, 500, 1023, ...reservedNumbers()];

  test('finds it at its number and nothing else, whatever that number is to the daemon', async () => {
    await shell('true');
    const input = openSync('/dev/null', 'r');
    const output = join(directory, 'extra');
    for (const target of numbers()) {
      const fds: number[] = [];
      // Each of them in a slot of its own.
      const pending = Array.from({ length: maxPendingSpawns }, (_, index) => {
        const [pipe, file] = [createPipe('read'), openSync(`${output}-${index}`, 'w')];
        fds.push(pipe.writeFd, file);
        const script = `ls /proc/$$/fd; exec /usr/bin/env python3 -ISc "import os; os.write(${target}, b'it\\n')"`;
        const spawning = beginSpawn({
          ...{ ...plain, argv: ['sh', '-c', index === 0 ? script : `ls /proc/$$/fd`] },
          ...{ stdio: [input, file, file], extra: { fd: pipe.writeFd, target } },
          user: index % 3 === 2 ? nobody : null,
        });
        return { pipe, spawning };
      });
      const pids = new Set(pending.map(({ spawning }) => spawning.finish()));
      fds.forEach(closeSync);
      await eventually(
        () => {
          for (let child = reapChild(); child; child = reapChild()) pids.delete(child.pid);
          return pids.size === 0;
        },
        { what: 'all of them to end' },
      );
      pending.forEach(({ pipe }, index) => {
        const found = readFileSync(`${output}-${index}`, 'utf8').trim().split('\n');
        expect(found.toSorted()).toEqual(['0', '1', '2', String(target)].toSorted());
        // End of file: the daemon and other children have no write end.
        expect(readFileSync(pipe.readFd, 'utf8')).toBe(index === 0 ? 'it\n' : '');
        closeSync(pipe.readFd);
      });
    }
    closeSync(input);
  });

  test('says where it failed, whatever its number is to the report of that', () => {
    const fd = openSync('/dev/null', 'r+');
    for (const target of numbers()) {
      const request = { ...plain, path: '/nonexistent', stdio: [fd, fd, fd] as const, extra: { fd, target } };
      for (const user of [null, nobody])
        expect(() => spawn({ ...request, user })).toThrow(new SpawnFailure('exec', 'ENOENT'));
    }
    // Without reserved descriptors the numbers are any that are free.
    const place = SpawnSlot.forked();
    for (let target = 3; target < 100; target += 1) {
      const request = { ...plain, path: '/nonexistent', stdio: [fd, fd, fd] as const, extra: { fd, target } };
      for (const shared of ['nothing', 'memory'] as const) {
        const child = place.start(stepsOf(request, null, [], place.memory), shared, { not: target }, null);
        expect(child.outcome()).toMatchObject({ errno: constants.errno.ENOENT });
      }
    }
    closeSync(fd);
  });

  test('cannot have a number beyond the limit of open files', () => {
    const fd = openSync('/dev/null', 'r+');
    const limit = new BigUint64Array(2);
    libc.getrlimit(RLIMIT_NOFILE, ptr(limit));
    const [soft = 0n] = limit;
    limit[0] = 600n;
    libc.setrlimit(RLIMIT_NOFILE, ptr(limit));
    try {
      expect(() => spawn({ ...plain, stdio: [fd, fd, fd], extra: { fd, target: 600 } })).toThrow(
        new SpawnFailure('fork', 'descriptor 600 is beyond the limit of open files'),
      );
    } finally {
      limit[0] = soft;
      libc.setrlimit(RLIMIT_NOFILE, ptr(limit));
      closeSync(fd);
    }
  });

  function reservedNumbers(): readonly number[] {
    const open = readdirSync('/proc/self/fd')
      .map(Number)
      .filter((fd) => fd > 2);
    return open.filter((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`) === '/dev/null';
      } catch {
        return false;
      }
    });
  }
});

describe('children spawned while others are pending', () => {
  const count = maxPendingSpawns * 3;

  test('come out each as itself: its arguments, its descriptors, its failure', async () => {
    const outputs = Array.from({ length: count }, (_, index) => join(directory, `output-${index}`));
    const input = openSync('/dev/null', 'r');
    const pending = outputs.map((path, index) => {
      const fd = openSync(path, 'w');
      const isMissing = index % 3 === 1;
      return {
        fd,
        isMissing,
        spawning: beginSpawn({
          ...plain,
          path: isMissing ? '/nonexistent' : '/bin/sh',
          argv: ['sh', '-c', `echo ${index} $$; ls /proc/$$/fd`],
          environment: [...plain.environment, `FILLER=${'x'.repeat(index * 1000)}`],
          user: index % 3 === 2 ? nobody : null,
          stdio: [input, fd, fd],
        }),
      };
    });
    const outcomes = pending.map(({ fd, isMissing, spawning }) => {
      if (isMissing) expect(() => spawning.finish()).toThrow(new SpawnFailure('exec', 'ENOENT'));
      const pid = isMissing ? null : spawning.finish();
      closeSync(fd);
      return pid;
    });
    closeSync(input);
    const pids = outcomes.filter((pid) => pid !== null);
    expect(new Set(pids).size).toBe(count * (2 / 3));
    const left = new Set(pids);
    await eventually(
      () => {
        for (let child = reapChild(); child; child = reapChild()) left.delete(child.pid);
        return left.size === 0;
      },
      { what: 'all children to end' },
    );
    outcomes.forEach((pid, index) => {
      const expected = pid === null ? '' : `${index} ${pid}\n0\n1\n2\n`;
      expect(readFileSync(outputs[index] ?? '', 'utf8')).toBe(expected);
    });
  });

  test('leave no descriptor in the daemon or in each other', async () => {
    const descriptors = () => readdirSync('/proc/self/fd').length;
    spawnIdle().forEach(end);
    const before = descriptors();
    const pids = spawnIdle();
    expect(descriptors()).toBe(before);
    for (const pid of pids) {
      await eventually(() => readFileSync(`/proc/${pid}/comm`, 'utf8') === 'sleep\n', {
        what: 'its program',
      });
      expect(readdirSync(`/proc/${pid}/fd`)).toEqual(['0', '1', '2']);
    }
    pids.forEach(end);
  });

  function spawnIdle(): readonly number[] {
    const fd = openSync('/dev/null', 'r+');
    const request = { ...plain, path: '/bin/sleep', argv: ['sleep', '1000'] };
    const pending = Array.from({ length: count }, () => beginSpawn({ ...request, stdio: [fd, fd, fd] }));
    const pids = pending.map((spawning) => spawning.finish());
    closeSync(fd);
    return pids;
  }
});

test('the memory shared with children is in no huge pages, each of which takes megabytes', () => {
  const mappings = readFileSync('/proc/self/smaps', 'utf8').split(/\n(?=[0-9a-f]+-)/);
  const ours = mappings.find((mapping) => {
    const [start = '', end = ''] = mapping.split(/[- ]/);
    return Number(`0x${start}`) <= zeros() && zeros() < Number(`0x${end}`);
  });
  expect(ours).toMatch(/^VmFlags:.* nh\b/m);
});

describe('children whose directory is on a disk that does not answer', () => {
  for (const user of [null, nobody]) {
    test(`count as started${user ? ', of another user too' : ''}, and others can be started beside them`, async () => {
      const disk = mkdtempSync(join(directory, 'disk-'));
      const server = Bun.spawn(['/usr/bin/python3', hangingDisk, disk], { stdin: 'pipe', stdout: 'pipe' });
      await server.stdout.getReader().read();
      const fd = openSync('/dev/null', 'r+');
      writeFileSync('/proc/self/oom_score_adj', '321');
      const limits = { descriptors: { soft: 100n, hard: 100n }, ownOomScore: OwnOomScore.lower(100) };
      const request: SpawnRequest = {
        ...{ ...plain, argv: ['sh', '-c', 'exit 3'], stdio: [fd, fd, fd], user, limits },
      };
      const hanging = { ...request, directory: join(disk, 'any') };
      const pending = Array.from({ length: maxPendingSpawns + 2 }, () => beginSpawn(hanging));
      const pids = pending.map((spawning) => spawning.finish());
      for (const held of pids.flatMap(descriptorsOf)) expect(held).toMatch(/^(\/dev\/null|pipe:.*)$/);
      // More than there is room for, were none of it given back.
      const environment = Array.from({ length: 10 }, (_, index) => `V${index}=${'x'.repeat(100_000)}`);
      for (let round = 0; round < 10; round += 1)
        expect((await shell('echo hello', { user, environment })).output).toBe('hello\n');
      expect(() => spawn({ ...request, path: '/nonexistent' })).toThrow('exec: ENOENT');
      closeSync(fd);
      // Not by the end of its stdin, of which forked children have copies.
      server.kill();
      await server.exited;
      Bun.spawnSync(['umount', '--lazy', disk]);
      const endings = new Map<number, unknown>();
      await eventually(
        () => {
          for (let child = reapChild(); child; child = reapChild()) endings.set(child.pid, child.status);
          return pids.every((pid) => endings.has(pid));
        },
        { what: 'all of them to end' },
      );
      for (const pid of pids) expect(endings.get(pid)).toEqual({ kind: 'exited', code: 127 });
      vacateSlots();
      expect(readFileSync('/proc/self/oom_score_adj', 'utf8')).toBe('100\n');
      writeFileSync('/proc/self/oom_score_adj', '0');
      expect((await shell('echo hello', { user })).output).toBe('hello\n');
    });
  }
});

function descriptorsOf(pid: number): readonly string[] {
  const directory = `/proc/${pid}/fd`;
  return readdirSync(directory).map((fd) => readlinkSync(join(directory, fd)));
}

const holdChildren = join(import.meta.dir, '../../support/hold-children.py');

describe('a child that is kept from its first step', () => {
  test('finds its descriptors later, although the daemon has closed its own and reused their numbers', async () => {
    const [entrance, output, victim] = ['entrance', 'output', 'victim'].map((name) => join(directory, name));
    const opened = [entrance, output].map((path) => openSync(path ?? '', 'w'));
    const [cgroup = -1, fd = -1] = opened;
    const holder = Bun.spawn(['/usr/bin/python3', holdChildren, String(process.pid)], {
      stdin: 'pipe',
      stdout: 'pipe',
    });
    await holder.stdout.getReader().read();
    const pid = spawn({ ...plain, argv: ['sh', '-c', 'echo hello'], cgroup, stdio: [fd, fd, fd] });
    opened.forEach(closeSync);
    const others = opened.map(() => openSync(victim ?? '', 'a'));
    expect(others.toSorted()).toEqual(opened.toSorted());
    holder.stdin.end();
    await holder.exited;
    await eventually(() => reapChild()?.pid === pid, { what: 'the child to end' });
    const texts = [entrance, output, victim].map((path) => readFileSync(path ?? '', 'utf8'));
    expect(texts).toEqual(['0', 'hello\n', '']);
    others.forEach(closeSync);
  });
});

describe('a child that cannot be', () => {
  const failure = async (more: Partial<SpawnRequest>): Promise<string> => {
    try {
      await shell('true', more);
      return 'spawned';
    } catch (error) {
      return error instanceof SpawnFailure ? `${error.stage} ${error.reason}` : String(error);
    }
  };

  test('says at which stage it failed, and why', async () => {
    expect(await failure({ path: '/nonexistent' })).toBe('exec ENOENT');
    expect(await failure({ path: '/etc/passwd' })).toBe('exec EACCES');
    expect(await failure({ directory: '/nonexistent' })).toBe('chdir ENOENT');
    expect(await failure({ directory: '/root', user: nobody })).toBe('chdir EACCES');
    expect(await failure({ path: '/nonexistent', user: nobody })).toBe('exec ENOENT');
    const tooManyGroups = Array.from({ length: 65537 }, () => 1);
    expect(await failure({ user: { ...nobody, groups: tooManyGroups } })).toBe(
      'setuid Could not set groups of effective user',
    );
  });

  test('leaves no zombie and no descriptor', async () => {
    const descriptors = () => readdirSync('/proc/self/fd').length;
    const before = descriptors();
    for (const user of [null, nobody]) await failure({ path: '/nonexistent', user });
    expect(reapChild()).toBeNull();
    expect(descriptors()).toBe(before);
  });

  test('says that its environment is too large for the kernel; a smaller one is not', async () => {
    const of = (count: number) => ({
      environment: Array.from({ length: count }, (_, index) => `V${index}=${'é'.repeat(50_000)}`),
    });
    expect((await shell('printenv V17 | wc -c', of(18))).output).toBe('100001\n');
    for (const count of [30, 300]) expect(await failure(of(count))).toBe('exec E2BIG');
    expect((await shell('echo $GREETING')).output).toBe('hello world\n');
  });

  test('leaves directory, umask and rights as they were', async () => {
    const before = [process.cwd(), process.getuid?.()];
    await failure({ path: '/nonexistent', directory: '/tmp', umask: 0o77, user: nobody });
    expect([process.cwd(), process.getuid?.()]).toEqual(before);
  });
});
