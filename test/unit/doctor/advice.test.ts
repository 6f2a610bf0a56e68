// Advice on values that name what is not there: it must help, and no command in it may do what a value says.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkConfig } from '../../../src/config/check.ts';
import { explainDiagnostic } from '../../../src/doctor/checks/configuration.ts';
import { unwritablePlaces } from '../../../src/doctor/checks/places.ts';
import { checkPrograms } from '../../../src/doctor/checks/programs.ts';
import { unusablePath } from '../../../src/doctor/checks/servers.ts';
import { type Finding, shellWord } from '../../../src/doctor/finding.ts';
import { makeDirectory } from '../../../src/doctor/make-directory.ts';
import { memoryHost } from '../config/memory-host.ts';

/** What is advised on the errors of a configuration, of which these are the lines of [supervisord] and [program:x]. */
function advice(supervisord: string, program = ''): Finding[] {
  const text = `[supervisord]\n${supervisord}\n[program:x]\ncommand=/bin/cat\n${program}\n`;
  const host = memoryHost({ '/etc/s.conf': text, '/srv/file': '' }, { env: { ODD: '"/x' } });
  const { mistakes } = checkConfig({ path: '/etc/s.conf', overrides: {}, host });
  return mistakes
    .filter(({ severity }) => severity === 'error')
    .map((mistake) => explainDiagnostic(mistake, '/etc/s.conf'));
}

const remedies = (findings: readonly Finding[]): string[] => findings.map(({ remedy }) => remedy.en);

describe('advice on user=', () => {
  const quotes = '(quotes are part of the value: remove them)';
  const one = "(one name or number; the groups are the user's)";
  test.each([
    ['nginx', 'useradd --system --shell /usr/sbin/nologin nginx'],
    ['1234', 'useradd --system --uid 1234 --shell /usr/sbin/nologin NAME'],
    ['"www-data"', `# [program:x] user=www-data   ${quotes}`],
    ["'daemon'", `# [program:x] user=daemon   ${quotes}`],
    ['"root', `# [program:x] user=root   ${quotes}`],
    [
      'root;x',
      '# [program:x] user=root   (a ; starts a comment only after a space; otherwise it is part of the value)',
    ],
    ['"root";x', `# [program:x] user=root   ${quotes}`],
    ['daemon,root', `# [program:x] user=daemon   ${one}`],
    ['daemon:daemon', `# [program:x] user=daemon   ${one}`],
    ['www data', `# [program:x] user=www   ${one}`],
    ['#1000', `# [program:x] user=1000   ${one}`],
    ['-1', "# user= takes one name or number; the groups are the user's"],
    ['99999999999', "# user= takes one name or number; the groups are the user's"],
    ['$USER', "# user= takes one name or number; the groups are the user's"],
    ['--uid=0', "# user= takes one name or number; the groups are the user's"],
    [
      'nosuch\n  autostart=true',
      '# [program:x] user=nosuch   (an indented line belongs to the value above it)',
    ],
  ])('%j', (value, remedy) => {
    expect(remedies(advice('', `user=${value}`))).toEqual([remedy]);
    const ofDaemon = remedy.replace('[program:x]', '[supervisord]');
    expect(remedies(advice(`user=${value}`))).toEqual([ofDaemon]);
  });

  test('without a value is that of check', () => {
    expect(remedies(advice('', 'user='))).toEqual([
      expect.stringContaining('expected: a user of this machine'),
    ]);
  });
});

describe('advice on a directory that is not there', () => {
  const quotes = '(quotes are part of the value: remove them)';
  test.each([
    ['logfile=/var/log/x/y.log', 'mkdir -p /var/log/x'],
    ['logfile=/var/log/a b/y.log', "mkdir -p '/var/log/a b'"],
    ['logfile=logs/y.log', 'mkdir -p /work/logs'],
    ['childlogdir=/var/log/x', 'mkdir -p /var/log/x'],
    ['logfile="%(here)s/x.log"', `# [supervisord] logfile=%(here)s/x.log   ${quotes}`],
    ['childlogdir="/tmp"', `# [supervisord] childlogdir=/tmp   ${quotes}`],
    [
      'logfile=/nope;old/x.log',
      '# [supervisord] logfile=/nope   (a ; starts a comment only after a space; otherwise it is part of the value)',
    ],
    [
      'logfile=$HOME/logs/x.log',
      '# [supervisord] logfile=%(ENV_HOME)s/logs/x.log   (an environment variable is written %(ENV_NAME)s)',
    ],
    ['logfile=~nosuch/x.log', '# write the full path'],
    ['logfile=/srv/file/x.log', '# part of the path is a file: name another directory'],
    ['directory=/srv/file', '# part of the path is a file: name another directory'],
  ])('%s', (line, remedy) => {
    expect(remedies(advice(line))).toEqual([remedy]);
  });

  test('below /run makes it again at the next boot, and keeps what is to be made besides', () => {
    expect(makeDirectory('/run/a')).toBe(
      "mkdir -p /run/a\necho 'd /run/a 0755 root -' >>/etc/tmpfiles.d/supervisor.conf",
    );
    expect(makeDirectory('/run/50% of it', 'web')).toContain(`'d "/run/50%% of it" 0755 web -'`);
  });
});

describe('advice on what a user may not write', () => {
  const place = (path: string, purpose = 'logfile') => ({
    ...{
      purpose,
      path,
      directory: path.replace(/\/[^/]*$/, '') || '/',
      blocked: path,
      room: null,
      untrusted: null,
    },
    ...{ problem: 'denied' as const, writer: 'web' },
  });
  const advised = (path: string, purpose?: string): string | undefined =>
    unwritablePlaces([place(path, purpose)])[0]?.remedy.en;

  test.each([
    '/x',
    '/tmp/x',
    '/var/log/syslog',
    '/etc/passwd',
    '/etc/nginx/x',
    '/usr/bin/x',
    '/home/joe/x',
    '/root/x',
  ])('never gives away %s or its directory', (path) => {
    expect(advised(path)).toStartWith(
      'mkdir -p /var/log/supervisor\nchown web /var/log/supervisor\n# and write ',
    );
  });

  test('gives what is its own', () => {
    expect(advised('/var/log/app/x.log')).toBe('chown web /var/log/app/x.log');
    expect(advised('/run/x.sock', 'unix_http_server')).toEndWith(
      '\n# and write /run/supervisor/x.sock for unix_http_server',
    );
  });

  test('never moves or removes what is in the way of a socket', () => {
    const [finding] = unusablePath({
      ...{ section: 'unix_http_server', path: '/etc/passwd', failure: 'ECONNREFUSED', listenerPid: null },
      ...{ mode: 'mode 0644, root:root', isSocket: false, directoryExists: true },
    });
    expect(finding?.remedy.en.split('\n').filter((line) => !line.startsWith('#'))).toEqual([
      'ls -ld /etc/passwd',
    ]);
  });
});

/** The lines for a program whose names, files and command are all of this. */
function remedyOfFailure(value: string, spawnerr: string): string[] {
  const configuration = { kind: 'found', path: `/etc/${value}`, config: null, mistakes: [] } as const;
  const numbers = { state: 200, pid: 0, start: 0, stop: 0, now: 0, exitstatus: 0 };
  const info = {
    ...{ name: value, group: value, statename: 'FATAL', description: '', spawnerr, ...numbers },
    ...{
      stdoutLogfile: `/l/${value}`,
      stderrLogfile: `/l/${value}`,
      waiting: [],
      statusText: null,
      reloading: false,
      completed: false,
    },
  };
  const program = {
    ...{
      info,
      command: `/bin/x ${value}`,
      foreground: null,
      user: value,
      directory: value,
      startsecs: 1,
      ...{ ready: null, oneshot: false, isLate: false, waitedSeconds: null },
      lastOutput: [],
    },
    ...{ lastExit: null, recentEnds: 0, survivors: [] },
  };
  const limits = { descriptors: 1, processes: 1 };
  const findings = checkPrograms({
    ...{
      configuration,
      daemons: [],
      pidfilePid: null,
      unixServers: [],
      inetServers: [],
      orphans: [],
      places: [],
    },
    ...{ answer: { kind: 'unreachable', url: 'unix:///x' }, programs: [program], units: null },
    limits: { pid: 1, soft: limits, hard: limits, openDescriptors: null, mayRaise: false },
  });
  return findings.flatMap(({ remedy }) => [...remedy.en.split('\n'), ...remedy.zh.split('\n')]);
}

describe('no command that is printed', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'tsv-advice-'));
    // What hostile values call.
    writeFileSync(join(directory, 'evil'), `#!/bin/sh\n: >${directory}/evil-ran\n`, { mode: 0o755 });
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  /** What the advice calls: it must do nothing here. */
  const harmless = [
    'useradd',
    'mkdir',
    'chown',
    'ls',
    'tsupervisor',
    'getent',
    'namei',
    'head',
    'od',
    'cat',
    'chmod',
  ];
  /** Prints the first line that calls `evil`, or that there is none: nothing else ends the shell. */
  const executeAll = `${harmless.map((name) => `${name}() { :; }`).join('\n')}
for line; do
  eval "$line" >&2
  wait
  if [ -e evil-ran ]; then printf %s "$line"; exit; fi
done
printf none`;

  /** The first line that does what a value says, or `none`. */
  function harmfulOf(lines: Iterable<string>): string {
    // Restricted, a shell opens no files for output, and calls nothing that is not on PATH.
    const shell = ['/bin/bash', '--restricted', '-c', executeAll, 'bash', ...lines];
    const options = { cwd: directory, env: { PATH: directory }, stdin: 'ignore', stderr: 'ignore' } as const;
    return Bun.spawnSync(shell, options).stdout.toString();
  }

  const pieces = [
    ...[
      '$(evil)',
      '`evil`',
      ';evil;',
      '&evil&',
      '|evil',
      "'",
      '"',
      '\\',
      ' ',
      '\n  evil\n  ',
      '\r',
      '\x1b[2J',
    ],
    ...[
      '$' + '{x:-$(evil)}',
      '#',
      '~',
      '*',
      '(',
      ')',
      '<',
      '>',
      '!',
      'é',
      '，',
      '\u2028',
      '-x',
      'a',
      'b',
      '/',
      '%%',
      ':',
      ',',
    ],
  ];
  /** The same ones each time (mulberry32). */
  function* hostileValues(count: number): Generator<string> {
    let state = 7;
    const below = (limit: number): number => {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
    };
    for (let index = 0; index < count; index += 1)
      yield Array.from({ length: 1 + below(6) }, () => pieces[below(pieces.length)]).join('');
  }

  test('does what a value says, whatever it holds', () => {
    const lines = new Set<string>();
    for (const value of hostileValues(400)) {
      const findings = [
        ...advice(`user=${value}`, `stdout_logfile=/nope/${value}/x`),
        ...advice(`logfile=/run/${value}/x.log`, `user=x${value}`),
        ...advice(`childlogdir=${value}`),
      ];
      for (const { remedy } of findings)
        for (const line of [...remedy.en.split('\n'), ...remedy.zh.split('\n')]) lines.add(line);
      for (const line of makeDirectory(`/run/${value}`, value).split('\n')) lines.add(line);
      lines.add(`ls -ld ${shellWord(value)}`);
    }
    expect(lines.size).toBeGreaterThan(500);
    expect(harmfulOf([...lines].filter((line) => !line.startsWith('#')))).toBe('none');
  });

  test('does what the command, the log or the directory of a failed program says', () => {
    const failures = [
      '',
      "couldn't chdir to DIR: ENOENT",
      "can't find command 'DIR'",
      "couldn't exec DIR: EACCES",
    ];
    const lines = [...hostileValues(200)].flatMap((value) =>
      failures.flatMap((failure) =>
        remedyOfFailure(
          value,
          failure.replace('DIR', () => value),
        ),
      ),
    );
    const commands = lines.filter((line) => !/^#|^[\w ]+ = |^\[/.test(line));
    expect(commands.length).toBeGreaterThan(500);
    expect(harmfulOf(new Set(commands))).toBe('none');
  });

  test('does so when it is written without quotes', () => {
    expect(harmfulOf(['ls -ld a', 'ls -ld a;evil', 'ls -ld b'])).toBe('ls -ld a;evil');
  });
});
