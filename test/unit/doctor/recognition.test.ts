// What the doctor recognises by its words: daemons, commands that leave, reasons of failure.
import { describe, expect, test } from 'bun:test';
import { foregroundCommand } from '../../../src/config/suspicions/self-daemonising.ts';
import { daemonCommand } from '../../../src/doctor/facts/daemon-command.ts';
import { runningDaemons } from '../../../src/doctor/facts/daemons.ts';
import { limitIn } from '../../../src/doctor/facts/limits.ts';
import { parseListening } from '../../../src/doctor/facts/ports.ts';
import { commandLine, type ProcessEntry } from '../../../src/doctor/facts/process-table.ts';
import { lastExitIn, recentEndsIn, withoutRepetition } from '../../../src/doctor/facts/programs.ts';
import { languageOf } from '../../../src/doctor/language.ts';
import { makeDirectory } from '../../../src/doctor/make-directory.ts';

test('a command line is one line, whatever escape sequences somebody has put into his own', () => {
  const argv = ['python3', '-c', 'import x\ny', '\x1b]0;title\x07', '\x9b2J', 'naïve 中文'];
  expect(commandLine({ argv })).toBe('python3 -c import x?y ?]0;title? ?2J naïve 中文');
});

const python = '/usr/bin/python3.11';
const executable = '/opt/tsupervisor';

describe('a command line', () => {
  for (const [line, exe, configuration] of [
    ['/usr/bin/python3 /usr/bin/supervisord -n -c /etc/s.conf', python, '/etc/s.conf'],
    ['python3.11 -m supervisor.supervisord -n', python, null],
    ['/usr/bin/python3 -s /usr/bin/supervisord -n', python, null],
    ['/usr/libexec/platform-python -Es /usr/bin/supervisord', '/usr/libexec/platform-python3.6', null],
    ['/usr/bin/python3 /usr/bin/supervisord', null, null],
    ['/usr/bin/supervisord -c x', executable, 'x'],
    ['tsupervisor supervisord -c x', executable, 'x'],
    ['tsupervisor supervisord -c x', null, 'x'],
    ['/opt/tsupervisor run -cx -n', `${executable} (deleted)`, 'x'],
    ['/opt/tsupervisor-0.2 run -nc x', '/opt/tsupervisor-0.2', 'x'],
    ['supervisord --configuration=x', executable, 'x'],
    ['supervisord --conf x', executable, 'x'],
    ['supervisord -c', executable, null],
    ['supervisord -u root -l -h -n', executable, null],
  ] as const)
    test(`${line} of ${exe ?? 'an executable that we may not see'} is a daemon with ${configuration}`, () => {
      expect(daemonCommand({ argv: line.split(' '), executable: exe })).toMatchObject({ configuration });
    });

  for (const [line, exe] of [
    ['tsupervisor supervisorctl status', executable],
    ['tsupervisorx run', '/opt/tsupervisorx'],
    ['tsupervisor doctor -c x', executable],
    ['vim /usr/bin/supervisord', '/usr/bin/vim'],
    ['python3 manage.py supervisord', python],
    ['sh -c supervisord', '/bin/sh'],
    ['supervisord -c /etc/s.conf', '/usr/bin/perl'],
    ['python3 /usr/bin/supervisord', '/usr/bin/perl'],
    ['supervisord -c x', python],
    ['python3 /usr/bin/supervisord --version', python],
    ['python3 /usr/bin/supervisord -c x -nv', python],
    ['supervisord -?', executable],
    ['supervisord --he', executable],
    ['supervisord ctl status', '/usr/local/bin/supervisord'],
    ['tsupervisor run --help', executable],
  ] as const)
    test(`${line} of ${exe} is none`, () => {
      expect(daemonCommand({ argv: line.split(' '), executable: exe })).toBeNull();
    });
});

describe('a running daemon', () => {
  const entry: ProcessEntry = {
    ...{ pid: process.pid, parent: 1, uid: 0, threads: 9, startedAt: 1, executable },
    argv: ['supervisord', '-c', '/etc/x.conf'],
  };
  const pids = (table: readonly ProcessEntry[], earlier = table, configuredUid: number | null = null) =>
    runningDaemons({ earlier, table }, configuredUid).map(({ pid }) => pid);
  const child = { ...entry, pid: process.ppid, parent: entry.pid };

  test('whose configuration cannot be shown as it is called has none that is known', () => {
    const pathOf = (path: string) => {
      const table = [{ ...entry, argv: ['supervisord', '-c', path] }];
      return runningDaemons({ earlier: table, table }, null)[0]?.configPath;
    };
    expect(pathOf('/etc/x.conf')).toBe('/etc/x.conf');
    expect(pathOf('/etc/x.conf\n\x1b[2J')).toBeNull();
  });

  test('is one of root, or of the user of the configuration, of whom nothing is believed', () => {
    expect(pids([entry])).toEqual([entry.pid]);
    const ofJoe = [{ ...entry, uid: 61234 }];
    expect(pids(ofJoe)).toEqual([]);
    expect(pids(ofJoe, ofJoe, 61234)).toEqual([entry.pid]);
    expect(runningDaemons({ earlier: ofJoe, table: ofJoe }, 61234)).toMatchObject([{ isTrusted: false }]);
  });

  test('is there at a second look, and still the same', () => {
    expect(pids([entry], [])).toEqual([]);
    expect(pids([], [entry])).toEqual([]);
    expect(pids([entry], [{ ...entry, startedAt: 2 }])).toEqual([]);
  });

  test('is neither a child that has not executed its program, nor a starter that waits for the daemon', () => {
    expect(pids([entry, { ...child, threads: 1 }])).toEqual([entry.pid]);
    expect(pids([entry, child])).toEqual([child.pid]);
    const original = { argv: ['python3', '/usr/bin/supervisord'], executable: python };
    expect(
      pids([
        { ...entry, ...original },
        { ...child, ...original },
      ]),
    ).toEqual([entry.pid]);
  });

  test('whose executable was replaced is known by that', () => {
    const table = [{ ...entry, executable: `${executable} (deleted)` }];
    expect(runningDaemons({ earlier: table, table }, null)).toMatchObject([{ isReplaced: true }]);
  });
});

describe('a command that goes into the background', () => {
  for (const command of [
    'nginx',
    '/usr/sbin/nginx -c /etc/nginx/nginx.conf',
    'redis-server /etc/redis.conf --daemonize yes',
    'gunicorn -w 4 -D app:app',
    '/srv/venv/bin/gunicorn app:app --daemon',
    'php-fpm',
    '/usr/sbin/php-fpm8.2 --fpm-config x',
    'apachectl start',
    'mongod --fork --logpath x',
    'memcached -d -m 64',
    '/usr/sbin/sshd',
    'cron',
    'service nginx start',
    'systemctl start nginx',
    'pg_ctl start -D x',
  ])
    test(`${command}: is known, with what to write instead, in both languages`, () => {
      const better = foregroundCommand(command);
      expect(better?.en).toStartWith('command = ');
      expect(better?.zh).toStartWith('command = ');
      expect(better?.zh).not.toMatch(/\b(?:without|not|the program)\b/);
    });

  for (const command of [
    "nginx -g 'daemon off;'",
    'nginx -g "daemon   off; worker_processes 2;"',
    'redis-server /etc/redis.conf',
    'redis-server --daemonize no',
    'gunicorn -w 4 app:app',
    'php-fpm -F',
    'php-fpm8.2 -RF',
    'php-fpm --nodaemonize',
    'apache2 -DFOREGROUND',
    'mongod --logpath x',
    'sshd -D -e',
    'cron -f',
    '/bin/cat',
    '',
  ])
    test(`${command || 'nothing'}: stays, as far as is known`, () => {
      expect(foregroundCommand(command)).toBeNull();
    });
});

describe('the activity log', () => {
  test('tells how a process ended last, whatever its name looks like', () => {
    const log = [
      'WARN exited: a.b (exit status 3; not expected)',
      'WARN exited: axb (exit status 4; not expected)',
      'INFO exited: a.b (exit status 0; expected)',
      'WARN stopped: c (terminated by SIGKILL)',
    ].join('\n');
    expect(lastExitIn(log, 'a.b')).toBe('exit status 0');
    expect(lastExitIn(log, 'c')).toBe('terminated by SIGKILL');
    expect(lastExitIn(log, 'd')).toBeNull();
  });

  test('tells how often a process ended of late', () => {
    const ended = (time: string, how = 'exit status 1; not expected') =>
      `2026-11-28 ${time},123 WARN exited: a.b (${how})`;
    const log = [
      ended('11:58:00'),
      ended('11:59:58'),
      ended('12:00:00'),
      ended('12:00:01', 'exit status 0; expected'),
      ended('12:00:30', 'terminated by SIGKILL; not expected'),
    ].join('\n');
    expect(recentEndsIn(log, 'a.b')).toBe(3);
    expect(recentEndsIn(log, 'axb')).toBe(0);
    expect(recentEndsIn('', 'a.b')).toBe(0);
  });

  test('is not shown with what it repeats', () => {
    expect(withoutRepetition(['a', 'b', 'b', 'b', 'a'])).toEqual(['a', 'b   (×3)', 'a']);
  });
});

describe('/proc', () => {
  test('tells listening sockets from others', () => {
    const text = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:2329 00000000:0000 0A 00000000:00000000 00:00000000 00000000    33        0 12345 1 0000000000000000 100 0 0 10 0
   1: 0100007F:2329 0100007F:C001 01 00000000:00000000 00:00000000 00000000     0        0 12346 1 0000000000000000 20 4 30 10 -1
`;
    expect(parseListening(text)).toEqual([{ address: '0100007F', port: 9001, uid: 33, inode: '12345' }]);
  });

  test('tells limits, none included', () => {
    const text = 'Max processes             300                  unlimited            processes\n';
    expect(limitIn(text, 'Max processes')).toEqual([300, Number.POSITIVE_INFINITY]);
    expect(limitIn(text, 'Max open files')).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
  });
});

describe('a remedy', () => {
  test('makes a directory last where it would be gone after a boot', () => {
    expect(makeDirectory('/var/log/x')).toBe('mkdir -p /var/log/x');
    expect(makeDirectory('/run/super visor', 'joe').split('\n')).toEqual([
      "mkdir -p '/run/super visor'",
      "chown joe '/run/super visor'",
      `echo 'd "/run/super visor" 0755 joe -' >>/etc/tmpfiles.d/supervisor.conf`,
    ]);
  });
});

describe('the language', () => {
  for (const [given, environment, expected] of [
    ['zh', { LANG: 'en_US.UTF-8' }, 'zh'],
    ['en', { LANG: 'zh_CN.UTF-8' }, 'en'],
    [undefined, { LANG: 'zh_CN.UTF-8' }, 'zh'],
    [undefined, { LANG: 'zh_CN.UTF-8', LC_ALL: 'C' }, 'en'],
    [undefined, { LANG: 'C', LC_MESSAGES: 'zh_TW.UTF-8' }, 'zh'],
    [undefined, {}, 'en'],
  ] as const)
    test(`${given ?? JSON.stringify(environment)} is ${expected}`, () => {
      expect(languageOf(given, environment)).toBe(expected);
    });
});
