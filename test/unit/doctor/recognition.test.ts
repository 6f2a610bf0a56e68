// What the doctor recognises by its words: daemons, commands that leave, reasons of failure.
import { describe, expect, test } from 'bun:test';
import { foregroundCommand } from '../../../src/doctor/checks/self-daemonising.ts';
import { configurationOption, daemonOptions, runningDaemons } from '../../../src/doctor/facts/daemons.ts';
import { limitIn } from '../../../src/doctor/facts/limits.ts';
import { parseListening } from '../../../src/doctor/facts/ports.ts';
import { commandLine } from '../../../src/doctor/facts/process-table.ts';
import { lastExitIn } from '../../../src/doctor/facts/programs.ts';
import { languageOf } from '../../../src/doctor/language.ts';
import { makeDirectory } from '../../../src/doctor/make-directory.ts';

test('a command line is one line, whatever escape sequences somebody has put into his own', () => {
  const argv = ['python3', '-c', 'import x\ny', '\x1b]0;title\x07', '\x9b2J', 'naïve 中文'];
  expect(commandLine({ argv })).toBe('python3 -c import x?y ?]0;title? ?2J naïve 中文');
});

test('a daemon whose configuration cannot be shown as it is called has none that is known', () => {
  const daemon = { pid: process.pid, parent: 1, uid: 0, startedAt: 1 };
  const pathOf = (path: string) =>
    runningDaemons([{ ...daemon, argv: ['supervisord', '-c', path] }])[0]?.configPath;
  expect(pathOf('/etc/x.conf')).toBe('/etc/x.conf');
  expect(pathOf('/etc/x.conf\n\x1b[2J')).toBeNull();
});

describe('a command line of supervisord', () => {
  for (const [line, options] of [
    ['/usr/bin/python3 /usr/bin/supervisord -n -c /etc/s.conf', '-n -c /etc/s.conf'],
    ['python3.11 -m supervisor.supervisord -n', '-n'],
    ['/usr/bin/supervisord -c x', '-c x'],
    ['tsupervisor supervisord -c x', '-c x'],
    ['/opt/tsupervisor run -c x', '-c x'],
    ['/opt/tsupervisor-0.2 run -c x', '-c x'],
    ['tsupervisor supervisorctl status', null],
    ['tsupervisorx run', null],
    ['tsupervisor doctor -c x', null],
    ['vim /usr/bin/supervisord', null],
    ['python3 manage.py supervisord', null],
    ['sh -c supervisord', null],
  ] as const)
    test(`${line}: ${options === null ? 'is none' : options}`, () => {
      expect(daemonOptions(line.split(' '))?.join(' ') ?? null).toBe(options);
    });

  for (const [options, path] of [
    ['-n -c /a', '/a'],
    ['-c/a -n', '/a'],
    ['-nc /a', '/a'],
    ['--configuration=/a', '/a'],
    ['--conf /a', '/a'],
    ['-n', null],
    ['-c', null],
    ['-u root -n', null],
  ] as const)
    test(`${options} names ${path}`, () => {
      expect(configurationOption(options.split(' '))).toBe(path);
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
    test(`${command}: is known, with what to write instead`, () => {
      expect(foregroundCommand(command)).toStartWith('command = ');
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
      "echo 'd /run/super visor 0755 joe -' >/etc/tmpfiles.d/supervisor.conf",
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
