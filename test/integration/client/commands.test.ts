// Our own commands, on the compiled executable, against our daemon and against the original.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { copyFileSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Daemon, type Outcome, original, ours, run } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';
import { alone } from '../doctor/patient.ts';

const config = `
[program:cat]
command=/bin/cat
startsecs=0
[program:talker]
command=/bin/sh -c 'for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo line $i; done; echo trouble >&2; exec sleep 1000'
startsecs=0
[program:fail]
command=/bin/sh -c 'echo reason one >&2; echo reason two >&2; sleep 0.3; exit 1'
autostart=false
startsecs=30
startretries=0
[program:missing]
command=/nonexistent
autostart=false
[program:patient]
command=/bin/sleep 1000
autostart=false
startsecs=600
[program:dies]
command=/bin/sh -c 'exit 1'
autostart=false
startretries=1000
[program:worker]
command=/bin/sleep 1000
process_name=number%(process_num)s
numprocs=2
autostart=false
startsecs=1
[include]
files=%(here)s/more.conf
`;

const daemons = [
  { name: 'our daemon', executable: ours },
  { name: 'the original daemon', executable: original },
];

for (const { name, executable } of daemons) {
  describe(name, () => {
    let daemon: Daemon;
    const control = (...args: string[]): Promise<Outcome> => {
      const [command = '', ...rest] = args;
      return run([ours[0], command, '-c', daemon.configPath, ...rest]);
    };

    beforeAll(async () => {
      daemon = await Daemon.start({ config, executable });
      await eventually(async () => (await control('tail', 'talker', '--stderr')).stdout === 'trouble\n', {
        what: 'the talker to have talked',
      });
    });
    afterAll(() => daemon.stop());

    describe('status', () => {
      test('shows names, states and descriptions, and exits with 3 when something is down', async () => {
        const { status, stdout } = await control('status');
        expect(status).toBe(3);
        expect(stdout).toMatch(/^cat +RUNNING +pid \d+, uptime \d:\d\d:\d\d$/m);
        expect(stdout).toMatch(/^worker:number0 +STOPPED +Not started$/m);
        expect(stdout).not.toContain('\x1b');
      });

      test('shows what matches, and exits with 0 when all of it is up', async () => {
        const { status, stdout } = await control('status', 'c*', 'talker');
        expect(status).toBe(0);
        expect(stdout.split('\n').map((line) => line.split(' ')[0])).toEqual(['cat', 'talker', '']);
      });

      test('exits with 4 when a name means nothing', async () => {
        const { status, stdout, stderr } = await control('status', 'cat', 'nosuch');
        expect({ status, stderr }).toEqual({
          status: 4,
          stderr: "tsupervisor: no process matches 'nosuch'\n",
        });
        expect(stdout).toStartWith('cat ');
      });

      test('writes the same members as JSON, once and watched', async () => {
        const [once] = JSON.parse((await control('status', '--json', 'cat')).stdout);
        expect(Object.keys(once)).toContain('memory_kb');
        const watching = Bun.spawn([ours[0], 'status', '-c', daemon.configPath, '--watch', '--json', 'cat'], {
          stdout: 'pipe',
        });
        const { value } = await watching.stdout.getReader().read();
        watching.kill('SIGINT');
        expect(await watching.exited).toBe(0);
        const watched = JSON.parse(Buffer.from(value ?? []).toString());
        expect(Object.keys(watched)).toEqual(Object.keys(once));
        expect(watched).toMatchObject({ fullname: 'cat', pid: once.pid });
      });

      test('writes JSON', async () => {
        const { stdout } = await control('status', '--json', 'worker');
        expect(JSON.parse(stdout)).toMatchObject([
          { fullname: 'worker:number0', name: 'number0', group: 'worker', statename: 'STOPPED', pid: 0 },
          { fullname: 'worker:number1' },
        ]);
      });
    });

    describe('start, stop, restart', () => {
      test('start waits until the processes run', async () => {
        expect(await control('start', 'worker:*', 'cat')).toEqual({
          status: 0,
          stdout: expect.stringMatching(
            /^cat: already running\nworker:number[01]: started\nworker:number[01]: started\n$/,
          ),
          stderr: '',
        });
        expect((await control('status', 'worker')).status).toBe(0);
      });

      test('a summary lists failures with their reason and last output', async () => {
        const { status, stdout, stderr } = await control('start', 'cat', 'fail', 'missing');
        expect(status).toBe(1);
        expect(stdout).toContain("missing: FAILED (NO_FILE: can't find command '/nonexistent')\n");
        expect(stderr).toContain('2 of 3 failed:\n');
        expect(stderr).toContain('fail: Exited too quickly');
        expect(stderr).toContain('    reason one\n    reason two\n');
      });

      test('start of a program in BACKOFF fails with the reason, however often it is asked', async () => {
        const failed = expect.stringMatching(
          /^dies: FAILED \(Exited too quickly \(process log may have details\)(?:; BACKOFF until it is tried again or given up)?\)\n$/,
        );
        expect(await control('start', 'dies')).toMatchObject({ status: 1, stdout: failed });
        // Until it is tried again every second, third, fourth time.
        for (const args of [[], ['--no-wait']]) {
          const { status, stdout } = await control('start', ...args, 'dies');
          expect({ status, stdout }).toEqual({ status: 1, stdout: failed });
        }
        expect((await control('stop', 'dies')).status).toBe(0);
      });

      test('--timeout gives up, --no-wait does not wait', async () => {
        const late = await control('start', '--timeout', '0.2', 'patient');
        expect(late).toMatchObject({
          status: 1,
          stdout: 'patient: FAILED (still STARTING when the time was up)\n',
        });
        expect(await control('stop', 'patient')).toMatchObject({ status: 0, stdout: 'patient: stopped\n' });
        const asked = await control('start', '--no-wait', 'patient');
        expect(asked).toMatchObject({ status: 0, stdout: 'patient: start requested\n' });
        const again = await control('start', '--no-wait', 'patient');
        expect(again).toMatchObject({ status: 0, stdout: 'patient: already starting\n' });
        const waited = await control('start', '--timeout', '0.2', 'patient');
        expect(waited.stdout).toBe('patient: FAILED (still STARTING when the time was up)\n');
        expect((await control('stop', 'patient')).status).toBe(0);
      });

      test('stop waits until the processes are gone, and is content when they were', async () => {
        const { status, stdout } = await control('stop', 'worker');
        expect(status).toBe(0);
        expect(stdout.split('\n').sort()).toEqual(['', 'worker:number0: stopped', 'worker:number1: stopped']);
        expect((await control('stop', 'worker:number0')).stdout).toBe('worker:number0: not running\n');
      });

      test('restart makes a new process of the old one, and starts what was not running', async () => {
        const pid = async () => JSON.parse((await control('status', '--json', 'cat')).stdout)[0].pid;
        const before = await pid();
        expect((await control('restart', 'cat')).stdout).toBe('cat: stopped\ncat: started\n');
        expect(await pid()).not.toBe(before);
        await control('stop', 'cat');
        expect((await control('restart', 'cat')).stdout).toBe('cat: not running\ncat: started\n');
      });

      test('need names', async () => {
        for (const command of ['start', 'stop', 'restart', 'tail', 'signal']) {
          expect(await control(command)).toMatchObject({ status: 2, stdout: '' });
        }
      });
    });

    describe('tail', () => {
      test('shows the last ten lines, or as many as requested', async () => {
        const lines = (count: number) =>
          Array.from({ length: count }, (_, i) => `line ${13 - count + i}\n`).join('');
        expect((await control('tail', 'talker')).stdout).toBe(lines(10));
        expect((await control('tail', '-n', '2', 'talker')).stdout).toBe(lines(2));
        expect((await control('tail', '-n', '0', 'talker')).stdout).toBe('');
        expect((await control('tail', '-n', '500', 'talker')).stdout).toBe(lines(12));
      });

      test('shows several, each line with the name before it', async () => {
        const { stdout } = await control('tail', '-n', '1', '--stderr', 'talker', 'fail');
        expect(stdout).toBe('fail   | reason two\ntalker | trouble\n');
      });
    });

    describe('signal', () => {
      test('is sent to each, and fails for what does not run', async () => {
        expect(await control('signal', 'CONT', 'cat', 'talker')).toMatchObject({
          status: 0,
          stdout: 'cat: signalled\ntalker: signalled\n',
        });
        expect(await control('signal', 'CONT', 'missing')).toMatchObject({
          status: 1,
          stdout: 'missing: FAILED (NOT_RUNNING: missing)\n',
        });
        expect((await control('signal', 'NOSUCH', 'cat')).stdout).toBe('cat: FAILED (BAD_SIGNAL: NOSUCH)\n');
      });
    });

    describe('reread and update', () => {
      test('report that nothing changed', async () => {
        expect(await control('reread')).toMatchObject({ status: 0, stdout: 'Nothing changed.\n' });
        expect(await control('update')).toMatchObject({ status: 0, stdout: 'Nothing changed.\n' });
        expect(await control('update', 'nosuch')).toMatchObject({ status: 4 });
      });

      test('show what changed, and make it so only without --dry-run', async () => {
        writeFileSync(daemon.path('more.conf'), '[program:new]\ncommand=/bin/cat\nstartsecs=0\n');
        for (const args of [['reread'], ['update', '--dry-run'], ['update', '--dry-run', 'new']]) {
          expect(await control(...args)).toMatchObject({ status: 0, stdout: '+ new: to be added\n' });
        }
        expect((await control('status', 'new')).status).toBe(4);
        expect((await control('update', 'cat')).stdout).toBe('Nothing changed.\n');
        expect((await control('update', 'new')).stdout).toBe('new: added\n');
        writeFileSync(daemon.path('more.conf'), '[program:new]\ncommand=/bin/cat\nstartsecs=0\npriority=5\n');
        expect((await control('update', '--dry-run')).stdout).toBe('~ new: to be restarted\n');
        expect((await control('update')).stdout).toBe('new: updated\n');
        writeFileSync(daemon.path('more.conf'), '');
        expect((await control('update', '--dry-run')).stdout).toBe('- new: to be stopped and removed\n');
        expect((await control('update')).stdout).toBe('new: removed\n');
      });

      test('explain a configuration that cannot be read', async () => {
        writeFileSync(daemon.path('more.conf'), '[program:new]\ncommand=/bin/cat\nautostart=maybe\n');
        expect((await control('update')).status).toBe(2);
        const { status, stderr } = await control('reread');
        expect(status).toBe(2);
        expect(stderr).toContain('CANT_REREAD: not a valid boolean value');
        writeFileSync(daemon.path('more.conf'), '');
      });
    });
  });
}

describe('standard output that cannot be written', () => {
  test.each(['--version', '--help', 'echo-conf', 'status -s unix:///nonexistent/socket --help'])(
    '%s says so in one line and exits with 1',
    async (words) => {
      const { status, stderr } = await run(['/bin/sh', '-c', `exec "$0" ${words} >/dev/full`, ours[0]]);
      expect({ status, stderr }).toEqual({
        status: 1,
        stderr: 'tsupervisor: cannot write to standard output: ENOSPC: no space left on device\n',
      });
    },
  );
});

describe.each([
  ['password', 'secret'],
  ['hash', '{SHA}e5e9fa1ba31ecd1ae84f75caaa474f3a663f05f4'],
])('a server with a %s that only its own section has', (_, password) => {
  let daemon: Daemon;
  const control = (...args: string[]) => run([ours[0], ...args, '-c', daemon.configPath]);

  beforeAll(async () => {
    daemon = await Daemon.start({ config: '[program:cat]\ncommand=/bin/cat\nstartsecs=0' });
    const text = readFileSync(daemon.configPath, 'utf8');
    const more = `username=joe\npassword=${password}\nchmod=0777\n[inet_http`;
    writeFileSync(daemon.configPath, text.replace('[inet_http', more));
    // Servers are opened at a start.
    daemon.subprocess.kill('SIGHUP');
    await eventually(async () => (await daemon.supervisorctl('status')).stdout.includes('authentication'), {
      what: 'the server to want it',
    });
  });
  afterAll(() => daemon.stop());

  test('lets update of root in, as systemctl reload runs it', async () => {
    expect(await control('update')).toEqual({ status: 0, stdout: 'Nothing changed.\n', stderr: '' });
    expect((await control('status', '-u', 'joe', '-p', 'wrong')).status).toBe(5);
  });

  test('lets others in with the password, and never with its hash', async () => {
    const ofUser = [
      'setpriv',
      '--reuid=nobody',
      '--regid=nogroup',
      '--clear-groups',
      ours[0],
      'update',
      '-c',
    ];
    const server = ['-s', `unix://${daemon.path('supervisor.sock')}`, '-u', 'joe', '-p'];
    const status = async (given: string) =>
      (await run([...ofUser, daemon.configPath, ...server, given])).status;
    expect(await status('secret')).toBe(0);
    expect(await status('{SHA}e5e9fa1ba31ecd1ae84f75caaa474f3a663f05f4')).toBe(5);
  });
});

test('status says that the daemon is from before an upgrade', async () => {
  const home = mkdtempSync(join(tmpdir(), 'tsv-old-'));
  const executable = join(home, 'tsupervisor');
  copyFileSync(ours[0], executable);
  const daemon = await Daemon.start({ config: '', executable: [executable, 'supervisord'] });
  const status = () => run([ours[0], 'status', '-c', daemon.configPath]);
  expect((await status()).stderr).toBe('');
  copyFileSync(ours[0], `${executable}.new`);
  renameSync(`${executable}.new`, executable);
  expect(await status()).toEqual({
    status: 0,
    stdout: '',
    stderr: `tsupervisor: the daemon (pid ${daemon.pid}) still runs the version from before an upgrade (tsupervisor doctor shows what to do)\n`,
  });
  await daemon.stop();
  rmSync(home, { recursive: true });
});

describe('a word that is no command', () => {
  test.each([
    ['statsu', 'did you mean status?'],
    ['ls', 'did you mean status?'],
    ['reload', 'did you mean update (restarts what changed) or supervisorctl reload (restarts everything)?'],
    ['__proto__', 'tsupervisor --help lists what there is'],
    ['frobnicate', 'tsupervisor --help lists what there is'],
  ])('%s: %s', async (word, hint) => {
    expect(await run([ours[0], word])).toEqual({
      status: 2,
      stdout: '',
      stderr: `tsupervisor: unknown command '${word}' (${hint})\n`,
    });
  });

  test('help COMMAND shows what COMMAND --help shows', async () => {
    expect(await run([ours[0], 'help', 'status'])).toEqual(await run([ours[0], 'status', '--help']));
    expect((await run([ours[0], 'version'])).stdout).toBe((await run([ours[0], '--version'])).stdout);
  });
});

describe('without a server', () => {
  test('and without a configuration, status says first where it looked for one', async () => {
    const { status, stderr } = await run(alone(`exec ${ours[0]} status`));
    expect(status).toBe(5);
    expect(stderr).toMatch(
      /^tsupervisor: no configuration was found in \S+.*, \/etc\/supervisord\.conf, \S+ \(-c FILE names one\); http:\/\/localhost:9001: connection refused/,
    );
  });

  test('events refuses an unknown type, and lists the known ones', async () => {
    const { status, stdout, stderr } = await run([ours[0], 'events', 'process_state', 'NOPE']);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toStartWith(
      "tsupervisor: no type of event begins with 'NOPE'; there are PROCESS_STATE_STOPPED, ",
    );
    expect(stderr).toContain('PROCESS_GROUP_ADDED');
    expect(stderr).not.toContain('PROCESS_STATE,');
  });

  test.each(['status', 'reread', 'events'])('%s says so and exits with 5', async (command) => {
    const { status, stdout, stderr } = await run([ours[0], command, '-s', 'unix:///nonexistent/socket']);
    expect({ status, stdout }).toEqual({ status: 5, stdout: '' });
    expect(stderr).toBe(
      'tsupervisor: unix:///nonexistent/socket: the socket does not exist (is supervisord running? try tsupervisor doctor)\n',
    );
  });

  test('an unknown option exits with 2, --help with 0', async () => {
    expect(await run([ours[0], 'status', '--nosuch'])).toMatchObject({ status: 2, stdout: '' });
    const { status, stdout } = await run([ours[0], 'status', '--help']);
    expect(status).toBe(0);
    expect(stdout).toContain('Exit status: 0 done;');
  });
});

test('a program that cannot be spawned, and one without a log for stderr, are reported with the reason', async () => {
  const lost =
    '[program:lost]\ncommand=/bin/cat\ndirectory=/nonexistent\nautostart=false\nstartretries=0\nredirect_stderr=true';
  const daemon = await Daemon.start({ config: lost });
  const control = (command: string, ...args: string[]): Promise<Outcome> =>
    run([ours[0], command, '-c', daemon.configPath, ...args]);
  expect(await control('start', 'lost')).toMatchObject({
    status: 1,
    stdout: expect.stringMatching(
      /^lost: FAILED \(couldn't chdir to \/nonexistent: ENOENT(?:; BACKOFF .*)?\)\n$/,
    ),
  });
  expect(await control('tail', '--stderr', 'lost')).toMatchObject({
    status: 1,
    stderr:
      'tsupervisor: lost: stderr has no log file (NONE; or it is in the stdout log, by redirect_stderr=true)\n',
  });
  await daemon.stop();
});
