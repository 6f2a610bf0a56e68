// `check`, `echo-conf` and what a bad configuration does to the daemon, by the compiled executable.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Daemon, original, ours, run } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';

const [executable] = ours;
const directory = mkdtempSync(join(tmpdir(), 'tsv-config-'));
afterAll(() => rmSync(directory, { recursive: true }));

function written(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

const good = '[supervisord]\n[program:x]\ncommand=/bin/cat\n';
const bad = '[supervisord]\nloglevel=loud\n[program:x]\ncommand=/bin/cat\nautostart=maybe\nautorestat=1\n';

describe('tsupervisor check', () => {
  test('gives its advice in Chinese by --lang and by LANG', async () => {
    const command = [executable, 'check', '-c', written('chinese.conf', bad)];
    const byOption = await run([...command, '--lang', 'zh']);
    expect(byOption.stdout).toContain('应为：');
    const byLocale = await run(['/usr/bin/env', 'LANG=zh_CN.UTF-8', ...command]);
    expect(byLocale).toEqual(byOption);
    expect((await run(command)).stdout).not.toContain('应为：');
  });

  test('says that a good configuration is good', async () => {
    const path = written('good.conf', good);
    expect(await run([executable, 'check', '-c', path])).toEqual({
      status: 0,
      stdout: `${path}: no mistakes found\n`,
      stderr: '',
    });
  });

  test('takes the file as its argument, too', async () => {
    const path = written('argument.conf', good);
    expect((await run([executable, 'check', path])).stdout).toBe(`${path}: no mistakes found\n`);
  });

  test('fails with warnings only when they are to count', async () => {
    const path = written('warned.conf', `${good}nonsense=1\n`);
    expect((await run([executable, 'check', path])).status).toBe(0);
    const { status, stdout } = await run([executable, 'check', '--strict', path]);
    expect(status).toBe(1);
    expect(stdout).toEndWith(`${path}: 1 warning\n`);
    expect((await run([executable, 'check', '--strict', written('bad.conf', bad)])).status).toBe(2);
    expect((await run([executable, 'check', '--strict', written('good.conf', good)])).status).toBe(0);
  });

  test('reports in Chinese as a whole', async () => {
    const { stdout } = await run([executable, 'check', written('bad.conf', bad), '--lang', 'zh']);
    const said = stdout.split('\n').filter((line) => !line.startsWith('    ') && line !== '');
    expect(said).toHaveLength(4);
    for (const line of said) expect(line).toMatch(/(?:错误|警告)：\S*\p{Script=Han}|\d 个错误，\d 个警告$/u);
  });

  test('finds on this machine what a daemon would only find out later', async () => {
    const shared = join(directory, 'shared.d');
    mkdirSync(shared);
    writeFileSync(join(shared, 'app.ini'), '');
    chmodSync(shared, 0o777);
    const path = written(
      'later.conf',
      `[supervisord]
[inet_http_server]
port=0.0.0.0:9001
username=joe
password=secret
[include]
files=shared.d/*.conf
[program:none]
command=/usr/local/bin/no-such-program --serve
[program:nginx]
command=/usr/sbin/nginx
[program:job]
command=/bin/true
environment=A=a b
`,
    );
    const { stdout } = await run([executable, 'check', path]);
    const told = stdout.split('\n').filter((line) => line.includes('warning: '));
    expect(told.map((line) => line.replace(/^\S+:(?=\d+:)/, '').replaceAll(directory, 'DIR'))).toEqual([
      '2: warning: [rpcinterface:supervisor] is missing, so supervisorctl does not work',
      '7: warning: No file matches via include "DIR/shared.d/*.conf"',
      '9: warning: /usr/local/bin/no-such-program is not on this machine',
      '11: warning: this program daemonises itself, which looks like an exit',
      '14: warning: the value of A ends before "b"; the rest is lost',
      'warning: every user can write DIR/shared.d, and so decide what supervisord runs',
    ]);
    chmodSync(directory, 0o755);
    const readable = await run([executable, 'check', path]);
    expect(readable.stdout).toContain('every user of this machine can read this password');
    chmodSync(directory, 0o700);
  });

  test('never waits for, and never swallows, what a program calls its configuration', async () => {
    const fifo = join(directory, 'fifo');
    await run(['mkfifo', fifo]);
    const command = (file: string) => `[program:x]\ncommand=/usr/sbin/nginx -c ${file}\n`;
    for (const file of [fifo, '/dev/zero', directory]) {
      const path = written('odd.conf', `[supervisord]\n${command(file)}`);
      expect((await run([executable, 'check', path])).stdout).toContain('daemonises itself');
    }
  });

  test('says nothing of the tutorials as they are, on a machine that has their programs', async () => {
    mkdirSync(join(directory, 'tutorial.d'), { recursive: true });
    writeFileSync(
      join(directory, 'tutorial.d/nginx.ini'),
      "[program:nginx]\ncommand=/usr/sbin/nginx -p %(here)s -c nginx.conf -g 'daemon off;'\nautorestart=true\n",
    );
    writeFileSync(
      join(directory, 'tutorial.d/redis.ini'),
      `[program:redis-01]
command=/usr/bin/redis-server --bind 127.0.0.1 --port 6399 --save "" --dir %(here)s      ; the program
process_name=%(program_name)s    ; its name
stdout_logfile=%(here)s/redis-01.log ; what it says
redirect_stderr=true
[group:redis]
programs=redis-01
`,
    );
    const path = written(
      'tutorial.conf',
      `[unix_http_server]
file=/var/run/tsv-tutorial.sock
[supervisord]
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix:///run/tsv-tutorial.sock
[include]
files = tutorial.d/*.ini
`,
    );
    expect((await run([executable, 'check', path])).stdout).toBe(`${path}: no mistakes found\n`);
  });

  test('shows every mistake underlined, with what would be right, and fails', async () => {
    const path = written('bad.conf', bad);
    const { status, stdout } = await run([executable, 'check', '-c', path]);
    expect(status).toBe(2);
    expect(stdout).toBe(
      [
        `${path}:2: error: bad logging level name 'loud'`,
        '    loglevel=loud',
        '             ^^^^',
        '    expected: one of critical, error, warn, info, debug, trace, blather',
        `${path}:5: error: not a valid boolean value: 'maybe'`,
        '    autostart=maybe',
        '              ^^^^^',
        '    expected: true or false (also yes, no, on, off, 1, 0)',
        `${path}:6: warning: unknown option autorestat in [program:x] (ignored)`,
        '    autorestat=1',
        '    ^^^^^^^^^^^^',
        '    did you mean autorestart?',
        `${path}: 2 errors, 1 warning`,
        '',
      ].join('\n'),
    );
  });

  test('gives programs the same as JSON', async () => {
    const path = written('bad.conf', bad);
    const { stdout } = await run([executable, 'check', '-c', path, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      path,
      ok: false,
      findings: [
        { severity: 'error', file: path, line: 2, section: 'supervisord', key: 'loglevel', text: 'loud' },
        { severity: 'error', line: 5 },
        { severity: 'warning', line: 6, remedy: 'did you mean autorestart?' },
      ],
    });
  });
});

describe('a bad configuration', () => {
  test.each([
    ['a file that is not there', join(directory, 'none.conf')],
    ['a directory', directory],
    ['a wrong value', written('bad.conf', bad)],
    ['no section', written('empty.conf', '')],
    ['a broken line', written('broken.conf', '[supervisord]\nbare\n')],
  ])('%s ends supervisord with the error, the stream and the status of the original', async (_, path) => {
    const [theirs, mine] = await Promise.all([run([...original, '-c', path]), run([...ours, '-c', path])]);
    const said = mine.stderr
      .replace(/For help, use .* -h\n/, 'For help, use /usr/bin/supervisord -h\n')
      .replaceAll(/^Remedy: .*\n/gm, '');
    expect({ ...mine, stderr: said }).toEqual(theirs);
  });
});

describe('a configuration in the working directory', () => {
  const warning =
    'Warning: running as root and searching for the configuration file, in the current directory too;\nname it with -c to be safe\n';
  const commands = ['status', 'start x', 'tail x', 'update --dry-run', 'check', 'doctor'];
  const said = async (command: string, by: readonly string[] = []) => {
    const home = join(directory, 'cwd');
    mkdirSync(home, { recursive: true });
    chmodSync(directory, 0o755);
    writeFileSync(join(home, 'supervisord.conf'), `[unix_http_server]\nfile=/tmp/nobody.sock\n${good}`);
    return (await run([...by, executable, ...command.split(' ')], { cwd: home })).stderr;
  };

  test.each(commands)('is not taken by root without a warning: tsupervisor %s', async (command) => {
    expect(await said(command)).toStartWith(warning);
  });

  test.each(commands)(
    'is one of their own for ordinary users, and for who names it: tsupervisor %s',
    async (command) => {
      const asUser = ['setpriv', '--reuid=www-data', '--regid=www-data', '--clear-groups'];
      expect(await said(command, asUser)).not.toContain('Warning');
      expect(await said(`${command} -c supervisord.conf`)).not.toContain('Warning');
    },
  );
});

function logIn(home: string): string {
  const log = join(home, 'supervisord.log');
  return existsSync(log) ? readFileSync(log, 'utf8') : '';
}

describe('tsupervisor echo-conf', () => {
  const asUser = ['setpriv', '--reuid=www-data', '--regid=www-data', '--clear-groups'] as const;

  test.each(['', '--minimal', '--lang=zh'])('prints what check finds good: %s', async (option) => {
    const { stdout, status } = await run([executable, 'echo-conf', ...(option === '' ? [] : [option])]);
    expect(status).toBe(0);
    const path = written('sample.conf', stdout);
    expect((await run([executable, 'check', '-c', path])).status).toBe(0);
  });

  test('gives root paths that only root may change, and an include', async () => {
    const { stdout } = await run([executable, 'echo-conf', '--minimal']);
    expect(stdout).toMatch(/^file=\/run\/(?:tsupervisor\/supervisor|tsupervisor)\.sock$/m);
    expect(stdout).toMatch(/^logfile=\/var\/log\/(?:tsupervisor\/supervisord|tsupervisor)\.log$/m);
    expect(stdout).toMatch(/^\[include\]\nfiles=\S*supervisord\.d\/\*\.ini$/m);
    expect(stdout).not.toContain('/tmp');
  });

  test('gives an ordinary user paths beside the configuration, with which a daemon starts', async () => {
    const home = join(directory, 'user');
    mkdirSync(home);
    chmodSync(directory, 0o755);
    chownSync(home, 33, 33);
    const { stdout } = await run([...asUser, executable, 'echo-conf']);
    expect(stdout).toContain('\nfile=%(here)s/supervisor.sock\n');
    const path = join(home, 'supervisord.conf');
    writeFileSync(path, stdout);
    const daemon = Bun.spawn([...asUser, ...ours, '-n', '-c', path], { stdout: 'ignore', stderr: 'ignore' });
    await eventually(() => logIn(home).includes('supervisord started with pid'), { what: 'the daemon' });
    daemon.kill('SIGTERM');
    expect(await daemon.exited).toBe(0);
    chmodSync(directory, 0o700);
  });

  test('under the name of the original keeps the paths of the original', async () => {
    const link = join(directory, 'echo_supervisord_conf');
    symlinkSync(executable, link);
    const { stdout } = await run([link]);
    expect(stdout).toContain('\nfile=/tmp/supervisor.sock\n');
    expect(stdout).toContain('\n;[include]\n');
  });
});

describe('a running daemon', () => {
  let daemon: Daemon;
  const pids = async () => (await daemon.supervisorctl('pid', 'all')).stdout;
  const program = (name: string, more = '') => `[program:${name}]\ncommand=/bin/cat\n${more}`;
  beforeAll(async () => {
    daemon = await Daemon.start({
      config: '[include]\nfiles=programs.ini',
      files: { 'programs.ini': program('stays') + program('changes') + program('goes') },
    });
  });
  afterAll(() => daemon.stop());

  test('tells by check --diff what an update would do, and goes on as before', async () => {
    const before = await pids();
    writeFileSync(
      daemon.path('programs.ini'),
      program('stays') + program('changes', 'umask=077\n') + program('comes'),
    );
    const { stdout, status } = await run([executable, 'check', '-c', daemon.configPath, '--diff']);
    expect(status).toBe(0);
    expect(stdout.split('\n').slice(1)).toEqual([
      'would add comes',
      'would stop, change and start changes',
      'would stop and remove goes',
      '',
    ]);
    expect(await pids()).toEqual(before);
  });

  test('keeps its programs when the configuration is broken at a reread and at an update', async () => {
    const before = await pids();
    writeFileSync(daemon.path('programs.ini'), program('stays', 'autostart=maybe\n'));
    const message = `not a valid boolean value: 'maybe' in section 'program:stays' (file: '${daemon.path('programs.ini')}')`;
    expect(await daemon.supervisorctl('reread')).toMatchObject({
      status: 1,
      stdout: `ERROR: CANT_REREAD: ${message}\n`,
    });
    const update = await daemon.supervisorctl('update');
    expect(update.status).toBe(1);
    expect(update.stdout).toContain('Fault 92');
    expect(await pids()).toEqual(before);
  });
});
