// Starting, stopping, restarting and giving up, on the compiled daemon with real programs.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Daemon, ours } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';

let daemon: Daemon;

const config = `[program:cat]
command=/bin/cat
[program:hopeless]
command=/bin/sh -c 'echo "no database" >&2; exit 1'
startretries=1
autostart=false
[program:missing]
command=/nonexistent/program
startretries=0
autostart=false
[program:lost]
command=/bin/true
directory=/nonexistent
startretries=0
autostart=false
[program:stubborn]
command=/bin/sh -c 'trap "" TERM; while :; do sleep 0.05; done'
stopwaitsecs=1
autostart=false
[program:family]
command=/bin/sh -c 'sleep 1000 & echo $! >%(here)s/child.pid; wait'
stopasgroup=true
startsecs=0
autostart=false
[program:orphaner]
command=/bin/sh -c 'sleep 1000 & echo $! >%(here)s/orphan.pid; wait'
startsecs=0
autostart=false
[program:polite]
command=/bin/sh -c 'trap "exit 5" USR1; while :; do sleep 0.05; done'
stopsignal=USR1
exitcodes=5
autostart=false
[program:storm]
command=/bin/true
startsecs=0
autorestart=true
autostart=false
[program:many]
command=/bin/sleep 1000
process_name=many_%(process_num)02d
numprocs=12
startsecs=0
autostart=false
[program:hup]
command=/bin/sh -c 'trap "echo got it" HUP; while :; do sleep 0.05; done'
startsecs=0
autostart=false`;

beforeAll(async () => {
  daemon = await Daemon.start({ config });
});
afterAll(async () => {
  await daemon.stop();
});

const state = async (name: string): Promise<string> => (await daemon.states())[name] ?? 'nothing';
const reaches = (name: string, wanted: string): Promise<void> =>
  eventually(async () => (await state(name)) === wanted, { what: `${name} to be ${wanted}` });
const isAlive = (pid: number): boolean => existsSync(`/proc/${pid}/status`) && !isZombie(pid);
const isZombie = (pid: number): boolean => readFileSync(`/proc/${pid}/status`, 'utf8').includes('State:\tZ');
const pidFrom = (file: string): number => Number(daemon.read(file));

describe('starting', () => {
  test('a program is RUNNING after startsecs, and the log has its transitions in order', async () => {
    await reaches('cat', 'RUNNING');
    const lines = daemon
      .log()
      .split('\n')
      .filter((line) => /\bcat\b/.test(line));
    expect(lines.map((line) => line.slice(24))).toEqual([
      expect.stringMatching(/^INFO spawned: 'cat' with pid \d+$/),
      'INFO success: cat entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)',
    ]);
  });

  test('a program that dies at once is tried startretries times more and is then FATAL', async () => {
    const { stdout, status } = await daemon.supervisorctl('start', 'hopeless');
    expect([stdout, status]).toEqual(['hopeless: ERROR (spawn error)\n', 7]);
    await reaches('hopeless', 'FATAL');
    expect((await daemon.supervisorctl('status', 'hopeless')).stdout).toBe(
      'hopeless                         FATAL     Exited too quickly (process log may have details)\n',
    );
    expect(daemon.log().split("spawned: 'hopeless'")).toHaveLength(3);
    expect(daemon.log()).toContain(
      'gave up: hopeless entered FATAL state, too many start retries too quickly',
    );
    expect((await daemon.supervisorctl('tail', 'hopeless', 'stderr')).stdout).toBe(
      'no database\nno database\n\n',
    );
  });

  test('a command that does not exist is reported as such', async () => {
    const { stdout, status } = await daemon.supervisorctl('start', 'missing');
    expect([stdout, status]).toEqual(['missing: ERROR (no such file)\n', 1]);
  });

  test('a directory that cannot be entered is reported in the state and in the stderr log', async () => {
    expect((await daemon.supervisorctl('start', 'lost')).stdout).toBe('lost: ERROR (spawn error)\n');
    expect((await daemon.supervisorctl('status', 'lost')).stdout).toContain(
      "couldn't chdir to /nonexistent: ENOENT",
    );
    expect((await daemon.supervisorctl('tail', 'lost', 'stderr')).stdout).toBe(
      "supervisor: couldn't chdir to /nonexistent: ENOENT\nsupervisor: child process was not spawned\n\n",
    );
  });

  test('a program that dies at once for ever is started about once a second, not in a storm', async () => {
    await daemon.supervisorctl('start', 'storm');
    const spawns = (): number => daemon.log().split("spawned: 'storm'").length - 1;
    await eventually(() => spawns() >= 3, { what: 'three starts' });
    const times = [...daemon.log().matchAll(/^(\S+ \S+),(\d+) INFO spawned: 'storm'/gm)].map(
      ([, second, ms]) => Date.parse(`${second?.replace(' ', 'T')}.${ms}Z`),
    );
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(990);
    const { stdout } = await daemon.supervisorctl('stop', 'storm');
    expect(stdout).toBe('storm: stopped\n');
    expect(await state('storm')).toBe('STOPPED');
  });

  test('programs that cannot be started do not affect the order or outcome of the others', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `p${String(index).padStart(2, '0')}`);
    const isLost = (name: string): boolean => Number(name.slice(1)) % 4 === 1;
    const isMissing = (name: string): boolean => Number(name.slice(1)) % 5 === 2;
    const sections = names.map((name, index) => {
      const directory = isLost(name) ? `/nonexistent/${name}` : '/';
      const command = isMissing(name) ? `/nonexistent/${name}` : '/bin/cat';
      return `[program:${name}]\ncommand=${command}\npriority=${index}\nstartsecs=0\nstartretries=0\ndirectory=${directory}`;
    });
    const crowd = await Daemon.start({ config: sections.join('\n') });
    try {
      const states = () => crowd.states();
      await eventually(async () => (await states())['p39'] === 'RUNNING', { what: 'the last to run' });
      expect(await states()).toEqual(
        Object.fromEntries(
          names.map((name) => [name, isLost(name) || isMissing(name) ? 'FATAL' : 'RUNNING']),
        ),
      );
      const told = [...crowd.log().matchAll(/(?:spawned: '|spawnerr: .*\/)(p\d\d)/g)].map(([, name]) => name);
      expect(told).toEqual(names);
    } finally {
      await crowd.stop();
    }
  });

  test('programs start, or say why not, where no process can share memory with another', async () => {
    const refusing = join(import.meta.dir, '../support/no-shared-memory.py');
    const emulated = await Daemon.start({ config, executable: ['/usr/bin/python3', refusing, ...ours] });
    try {
      expect((await emulated.supervisorctl('start', 'hup')).stdout).toBe('hup: started\n');
      await emulated.supervisorctl('start', 'lost');
      expect(emulated.log()).toContain("INFO spawnerr: couldn't chdir to /nonexistent: ENOENT\n");
    } finally {
      await emulated.stop();
    }
  });

  test('there is room for the pipes of all programs before they are started', async () => {
    const count = 700;
    const large = await Daemon.start({
      config: `[program:waits]\ncommand=/bin/cat\nautostart=false\nnumprocs=${count}\nprocess_name=%(process_num)d`,
      supervisord: 'minfds=4096',
    });
    try {
      const status = () => readFileSync(`/proc/${large.pid}/status`, 'utf8');
      const room = () => Number(/^FDSize:\s+(\d+)/m.exec(status())?.[1]);
      await eventually(() => room() > count * 3, { what: 'a table for three descriptors each' });
    } finally {
      await large.stop();
    }
  });

  test('numprocs makes as many processes, in the order of their names', async () => {
    const { stdout } = await daemon.supervisorctl('start', 'many:*');
    expect(stdout.trimEnd().split('\n')).toHaveLength(12);
    const names = Object.keys(await daemon.states()).filter((name) => name.startsWith('many:'));
    expect(names[0]).toBe('many:many_00');
    expect(names.at(-1)).toBe('many:many_11');
    expect((await daemon.supervisorctl('stop', 'many:*')).status).toBe(0);
  });
});

describe('stopping', () => {
  test('a program that ignores the stop signal is killed after stopwaitsecs', async () => {
    await daemon.supervisorctl('start', 'stubborn');
    const pid = Number((await daemon.supervisorctl('pid', 'stubborn')).stdout);
    expect((await daemon.supervisorctl('stop', 'stubborn')).stdout).toBe('stubborn: stopped\n');
    expect(daemon.log()).toContain(`WARN killing 'stubborn' (${pid}) with SIGKILL`);
    expect(daemon.log()).toContain('WARN stopped: stubborn (terminated by SIGKILL)');
    expect(isAlive(pid)).toBe(false);
  });

  test('an expected exit code after the configured signal is no warning', async () => {
    await daemon.supervisorctl('start', 'polite');
    expect((await daemon.supervisorctl('stop', 'polite')).stdout).toBe('polite: stopped\n');
    expect(daemon.log()).toContain('INFO stopped: polite (exit status 5)');
  });

  test('stopasgroup ends the children of the program too; without it they survive', async () => {
    await daemon.supervisorctl('start', 'family', 'orphaner');
    await eventually(() => pidFrom('child.pid') > 0 && pidFrom('orphan.pid') > 0, { what: 'both to fork' });
    await daemon.supervisorctl('stop', 'family', 'orphaner');
    await eventually(() => !isAlive(pidFrom('child.pid')), { what: 'the child to be gone' });
    expect(isAlive(pidFrom('orphan.pid'))).toBe(true);
    process.kill(pidFrom('orphan.pid'), 'SIGKILL');
  });

  test('what is stopped already is said to be', async () => {
    expect((await daemon.supervisorctl('stop', 'family')).stdout).toBe('family: ERROR (not running)\n');
  });
});

describe('signals', () => {
  test('reach the process without a change of its state', async () => {
    await daemon.supervisorctl('start', 'hup');
    expect((await daemon.supervisorctl('signal', 'HUP', 'hup')).stdout).toBe('hup: signalled\n');
    await eventually(async () => (await daemon.supervisorctl('tail', 'hup')).stdout.includes('got it'), {
      what: 'the trap to print',
    });
    expect(await state('hup')).toBe('RUNNING');
    expect((await daemon.supervisorctl('signal', 'NOSUCH', 'hup')).stdout).toBe(
      'hup: ERROR (bad signal name)\n',
    );
  });

  test('to one that does not run are refused', async () => {
    const { stdout, status } = await daemon.supervisorctl('signal', 'HUP', 'missing');
    expect([stdout, status]).toEqual(['missing: ERROR (not running)\n', 7]);
  });
});
