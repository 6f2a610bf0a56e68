// Programs in cgroups of their own, in a cgroup that the test makes and marks as systemd marks delegated ones.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cgroupsIn, killOneByOne, pidsIn, removeCgroup, untilEmpty } from '../../src/linux/cgroup.ts';
import { cgroupPath } from '../../src/linux/own-cgroup.ts';
import { signalMembers } from '../../src/linux/process-handle.ts';
import { processRow } from '../../src/linux/process-table.ts';
import { Daemon, ours, run } from '../support/daemon.ts';
import { delegate, discard, newCgroup, startIn } from '../support/delegated-cgroup.ts';
import { eventually } from '../support/eventually.ts';

/**
 * A part of it goes into the background as daemons do: a session of its own, a second fork, the parent ends. The pid of
 * that part is sent to whoever stays. argv: the file for the pid, and whether the program stays or ends.
 */
const daemonising = `import os, sys, time
out, into = os.pipe()
if os.fork():
    pid = os.read(out, 20)
    open(sys.argv[1], 'wb').write(pid)
    time.sleep(100000 if sys.argv[2] == 'stay' else 0)
    os._exit(0)
os.setsid()
if os.fork(): os._exit(0)
os.write(into, str(os.getpid()).encode())
time.sleep(100000)
`;

/** A generous timeout for processes that are no children of the test. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

const cgroupOf = (pid: number) =>
  cgroupPath(readFileSync(`/proc/${pid}/cgroup`, 'utf8'))
    ?.split('/')
    .at(-1);

describe('in a cgroup that was delegated', () => {
  let cgroup: string;
  let daemon: Daemon;
  const program = (name: string) => join(cgroup, `${name}:${name}`);
  const pidOf = async (name: string) => Number((await daemon.supervisorctl('pid', name)).stdout);
  /** The pid that a daemonised process has written. */
  const written = async (file: string) => {
    await eventually(() => daemon.read(file) !== '', { what: `the daemonised process of ${file}` });
    return Number(daemon.read(file));
  };

  beforeAll(async () => {
    cgroup = newCgroup();
    await delegate(cgroup);
    daemon = await startIn(
      cgroup,
      `[program:plain]
command=/bin/cat
startsecs=0
[program:Größe,1]
command=/bin/cat
startsecs=0
[program:clean]
command=/usr/bin/python3 %(here)s/daemonising.py %(here)s/clean.pid stay
killascgroup=true
startsecs=0
[program:careless]
command=/usr/bin/python3 %(here)s/daemonising.py %(here)s/careless.pid stay
startsecs=0
[program:leaving]
command=/usr/bin/python3 %(here)s/daemonising.py %(here)s/leaving.pid leave
killascgroup=true
autorestart=false
startsecs=0
[program:stubborn]
command=/bin/sh -c "trap '' TERM; setsid sh -c 'trap "" TERM; sleep 100000 & wait; wait' & wait; wait; wait"
killascgroup=true
stopwaitsecs=1
startsecs=0
[program:forking]
command=/bin/sh -c "/bin/sleep 100000 & /bin/sleep 100000 & wait"
process_name=%%(program_name)s_%%(process_num)d
numprocs=20
startsecs=0
stopasgroup=true
[program:busy]
command=/bin/sh -c "/usr/bin/python3 -c 'while sum(range(1000)): pass' & wait"
startsecs=0
autostart=false
killascgroup=true
`.replaceAll('%%', '%'),
      { 'daemonising.py': daemonising },
    );
  });
  afterAll(async () => {
    await daemon.stop();
    await discard(cgroup);
  });

  test('the manager has one to itself, and every process one of its own', async () => {
    await eventually(() => daemon.log().includes("'stubborn' with pid"), { what: 'the last start' });
    expect(daemon.log()).toContain(`INFO every program runs in a cgroup of its own below ${cgroup}\n`);
    expect(cgroupOf(daemon.pid)).toBe('manager');
    expect(pidsIn(cgroup)).toEqual([]);
    expect(pidsIn(program('plain'))).toEqual([await pidOf('plain')]);
    expect(pidsIn(join(cgroup, 'manager'))).toEqual([daemon.pid]);
  });

  test('children that were forked at once are with their parent, not with the manager', async () => {
    await eventually(
      () =>
        cgroupsIn(cgroup).filter((each) => each.includes('forking') && pidsIn(each).length === 3).length ===
        20,
      { what: 'three processes in each' },
    );
    expect(pidsIn(join(cgroup, 'manager'))).toEqual([daemon.pid]);
  });

  test('any name makes a directory', async () => {
    const [pid = 0] = pidsIn(join(cgroup, 'Gr%C3%B6%C3%9Fe%2C1:Gr%C3%B6%C3%9Fe%2C1'));
    expect(readFileSync(`/proc/${pid}/comm`, 'utf8')).toBe('cat\n');
  });

  test('a stop with killascgroup ends daemonised processes before it is reported', async () => {
    const left = await written('clean.pid');
    expect(cgroupOf(left)).toBe('clean:clean');
    expect((await daemon.supervisorctl('stop', 'clean')).stdout).toBe('clean: stopped\n');
    expect(isAlive(left)).toBe(false);
    expect(existsSync(program('clean'))).toBe(false);
  });

  test('a stop without it leaves that alone, and the next start joins it', async () => {
    const left = await written('careless.pid');
    await daemon.supervisorctl('stop', 'careless');
    expect(pidsIn(program('careless'))).toEqual([left]);
    await daemon.supervisorctl('start', 'careless');
    expect(pidsIn(program('careless'))).toContain(left);
    expect(pidsIn(program('careless'))).toContain(await pidOf('careless'));
  });

  test('an end without a stop takes what was left with it too', async () => {
    const left = await written('leaving.pid');
    await eventually(() => !isAlive(left), { what: 'the end of what was left' });
    await eventually(() => !existsSync(program('leaving')), { what: 'the end of the cgroup' });
  });

  test('who ignores the stop signal is killed with all it has started', async () => {
    await eventually(() => pidsIn(program('stubborn')).length === 3, { what: 'all three processes' });
    const all = pidsIn(program('stubborn'));
    expect((await daemon.supervisorctl('stop', 'stubborn')).stdout).toBe('stubborn: stopped\n');
    expect(all.filter(isAlive)).toEqual([]);
  });

  test('what a program takes is that of everything in its cgroup, also of what left its parents', async () => {
    const json = await run([
      ...ours.slice(0, 1),
      'status',
      '-c',
      daemon.configPath,
      '--json',
      'careless',
      'plain',
    ]);
    const [careless, plain] = JSON.parse(json.stdout);
    const resident = pidsIn(program('careless')).map((pid) => processRow(pid)?.residentBytes ?? 0);
    expect(resident.length).toBeGreaterThan(1);
    expect(careless.memory_kb * 1024).toBeGreaterThan(Math.max(...resident));
    expect(careless.memory_kb).toBeGreaterThan(plain.memory_kb);
    expect(plain.memory_kb).toBeGreaterThan(100);

    await daemon.supervisorctl('start', 'busy');
    const cpuSeconds = async () => {
      const answer = await fetch(
        `http://127.0.0.1:${daemon.port}/api/v1/tsupervisor.getProcessUsage?name=busy`,
      );
      return JSON.parse(await answer.text()).result;
    };
    await eventually(async () => (await cpuSeconds()).cpu_seconds > 0.2, { what: 'CPU time of its child' });
    expect(await cpuSeconds()).toMatchObject({ name: 'busy', group: 'busy', cgroup: true });
    const metrics = await (await fetch(`http://127.0.0.1:${daemon.port}/metrics`)).text();
    const sample = /^supervisor_process_tree_cpu_seconds_total\{group="busy",process="busy"\} (.*)$/m.exec(
      metrics,
    );
    expect(Number(sample?.[1])).toBeGreaterThan(0.2);
    await daemon.supervisorctl('stop', 'busy');
  });

  test('the cgroup goes with the process', async () => {
    await daemon.supervisorctl('stop', 'plain');
    expect(existsSync(program('plain'))).toBe(false);
    await daemon.supervisorctl('start', 'plain');
    expect(pidsIn(program('plain'))).toEqual([await pidOf('plain')]);
  });

  test('a restart in place uses the same cgroups', async () => {
    await daemon.supervisorctl('stop', 'careless');
    await daemon.supervisorctl('reload');
    await eventually(async () => (await daemon.states())['plain'] === 'RUNNING', { what: 'the restart' });
    expect(pidsIn(program('plain'))).toEqual([await pidOf('plain')]);
    expect(cgroupOf(daemon.pid)).toBe('manager');
  });
});

describe('after a daemon that was killed', () => {
  test('the next one takes empty cgroups away and ends what killascgroup left', async () => {
    const cgroup = newCgroup();
    await delegate(cgroup);
    const config = (name: string) => `[program:${name}]
command=/bin/sleep 100000
killascgroup=true
startsecs=0
`;
    const first = await startIn(cgroup, config('old') + config('same'));
    const [before = 0] = pidsIn(join(cgroup, 'same:same'));
    process.kill(first.pid, 'SIGKILL');
    await first.stop();
    for (const pid of pidsIn(join(cgroup, 'old:old'))) process.kill(pid, 'SIGKILL');
    await untilEmpty(join(cgroup, 'old:old'), 10_000);
    expect(isAlive(before)).toBe(true);

    const second = await startIn(cgroup, config('same'));
    await eventually(() => !isAlive(before), { what: 'the end of the old process' });
    expect(readdirSync(cgroup).filter((name) => name.includes(':'))).toEqual(['same:same']);
    expect(pidsIn(join(cgroup, 'same:same'))).toHaveLength(1);
    await second.stop();
    await discard(cgroup);
  });
});

describe('without a delegated cgroup', () => {
  test.each([
    ['it is not delegated', false, false],
    ['somebody else is in it, as in the session of a shell', true, true],
  ])('programs run as ever when %s', async (_, delegated, withOthers) => {
    const cgroup = newCgroup();
    if (delegated) await delegate(cgroup);
    const other = Bun.spawn(['/bin/sleep', '100000']);
    if (withOthers) writeFileSync(join(cgroup, 'cgroup.procs'), String(other.pid));
    const daemon = await startIn(
      cgroup,
      `[program:it]
command=/bin/sh -c "setsid /bin/sleep 100000 & echo $! >%(here)s/left; wait"
killascgroup=true
startsecs=0
`,
    );
    await eventually(() => daemon.read('left') !== '', { what: 'the program' });
    expect(daemon.log()).toMatch(
      /INFO killascgroup has no effect, programs run without cgroups of their own: \S+ /,
    );
    expect(cgroupsIn(cgroup)).toEqual([]);
    expect((await daemon.supervisorctl('stop', 'it')).stdout).toBe('it: stopped\n');
    expect(isAlive(Number(daemon.read('left')))).toBe(true);
    await daemon.stop();
    other.kill('SIGKILL');
    await discard(cgroup);
  });
});

describe('as pid 1 of a container', () => {
  test("the root of its cgroup namespace is the manager's to use, without any mark", async () => {
    const cgroup = newCgroup();
    // As container engines do: what is mounted shows the container's part of the hierarchy.
    const where = '"$(grep -m1 " - cgroup2 " /proc/self/mountinfo | cut -d" " -f5)"';
    const mount = `at=${where} && umount -l "$at" && mount -t cgroup2 none "$at"`;
    const enter = `echo $$ >${cgroup}/cgroup.procs && exec unshare -C -m sh -c '${mount} && exec "$@"' sh "$@"`;
    const daemon = await Daemon.start({
      config: `[program:it]
command=/bin/sh -c "setsid /bin/sleep 100000 & exec /bin/sleep 100000"
killascgroup=true
startsecs=0
`,
      executable: ['unshare', '-p', '-f', '--mount-proc', 'sh', '-c', enter, 'sh', ...ours],
    });
    expect(daemon.log()).toContain('INFO supervisord started with pid 1\n');
    await eventually(() => pidsIn(join(cgroup, 'it:it')).length === 2, { what: 'both processes' });
    const left = pidsIn(join(cgroup, 'it:it'));
    expect(pidsIn(join(cgroup, 'manager'))).toHaveLength(1);
    expect((await daemon.supervisorctl('stop', 'it')).stdout).toBe('it: stopped\n');
    expect(left.filter(isAlive)).toEqual([]);
    await daemon.supervisorctl('shutdown');
    await daemon.subprocess.exited;
    await daemon.stop();
    await discard(cgroup);
  });
});

describe('a kernel without cgroup.kill', () => {
  test('everything in a cgroup and beneath it is killed one by one', async () => {
    const cgroup = newCgroup();
    const beneath = join(cgroup, 'beneath');
    mkdirSync(beneath);
    for (const directory of [cgroup, beneath])
      Bun.spawn([
        'sh',
        '-c',
        `echo $$ >${directory}/cgroup.procs; setsid sleep 100000 & sleep 100000 & wait`,
      ]);
    await eventually(() => [cgroup, beneath].every((each) => pidsIn(each).length === 3), { what: 'all' });
    killOneByOne(cgroup);
    expect(await untilEmpty(cgroup, 10_000)).toBe(true);
    expect(removeCgroup(cgroup)).toBe(true);
  });

  test('what has left it between the look and the kill is let live', async () => {
    const stranger = Bun.spawn(['sleep', '100000'], { stdio: ['ignore', 'ignore', 'ignore'] });
    const member = Bun.spawn(['sleep', '100000'], { stdio: ['ignore', 'ignore', 'ignore'] });
    signalMembers([stranger.pid, member.pid], 9, () => new Set([member.pid]));
    await member.exited;
    expect([member.signalCode, stranger.signalCode]).toEqual(['SIGKILL', null]);
    // A process that exits after the listing is no failure.
    signalMembers([stranger.pid], 9, () => {
      process.kill(stranger.pid, 'SIGKILL');
      return new Set([stranger.pid]);
    });
    await stranger.exited;
    signalMembers([stranger.pid], 9, () => new Set([stranger.pid]));
  });
});
