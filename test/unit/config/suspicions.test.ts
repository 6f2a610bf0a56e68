// What check warns of although a daemon would take it, and the configurations of which it must say nothing.
import { describe, expect, test } from 'bun:test';
import { checkConfig } from '../../../src/config/check.ts';
import type { ConfigHost, FileFacts } from '../../../src/config/host.ts';
import { goodConfigurations } from './good-configurations.ts';
import { memoryHost } from './memory-host.ts';

interface Files {
  readonly [path: string]: string;
}

const rpc =
  '[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n';

/** The warnings about a configuration, as `line: message`. */
function warnings(text: string, files: Files = {}, more: Partial<ConfigHost> = {}): string[] {
  const host = memoryHost({ '/etc/s.conf': text, ...files }, more);
  const { mistakes } = checkConfig({ path: '/etc/s.conf', overrides: {}, host });
  expect(mistakes.filter(({ severity }) => severity === 'error')).toEqual([]);
  for (const { message, remedy } of mistakes)
    for (const text of [message.zh, remedy?.zh ?? '=']) expect(text).toMatch(/\p{Script=Han}|=/u);
  return mistakes.map(({ position, message }) => `${position?.line}: ${message.en}`);
}

const program = (lines: string, command = '/bin/cat'): string =>
  `[supervisord]\n[program:x]\ncommand=${command}\n${lines}`;

describe('a configuration of which nothing is wrong', () => {
  test.each(Object.entries(goodConfigurations))('%s: gets no warning', (_, { main, files = {} }) => {
    expect(warnings(main, files)).toEqual([]);
  });
});

describe('servers', () => {
  test('without the interface for supervisorctl are told of', () => {
    expect(warnings('[supervisord]\n[unix_http_server]\nfile=/run/s.sock\n')).toEqual([
      '2: [rpcinterface:supervisor] is missing, so supervisorctl does not work',
    ]);
    expect(warnings('[supervisord]\n[program:x]\ncommand=/bin/cat\n')).toEqual([]);
  });

  const toldOf = (sections: string, files: Files = {}) => warnings(`[supervisord]\n${rpc}${sections}`, files);

  test.each([
    ['unix:///run/b.sock', '[unix_http_server]\nfile=/run/a.sock\n'],
    ['unix:///a.sock', '[unix_http_server]\nfile=/run/a.sock\n'],
    ['http://localhost:9002', '[inet_http_server]\nport=127.0.0.1:9001\n'],
    ['http://127.0.0.1', '[inet_http_server]\nport=127.0.0.1:9001\n'],
    ['http://127.0.0.1:9001', '[inet_http_server]\nport=192.0.2.1:9001\nusername=a\npassword={SHA}0\n'],
    ['unix:///run/a.sock', '[inet_http_server]\nport=127.0.0.1:9001\n'],
  ])('where supervisorctl does not look, at %s, are told of', (url, server) => {
    expect(toldOf(`${server}[supervisorctl]\nserverurl=${url}\n`)).toEqual([
      expect.stringContaining(`supervisorctl connects to ${url}`),
    ]);
  });

  test('that supervisorctl does not find by its default are told of', () => {
    expect(toldOf('[unix_http_server]\nfile=/run/a.sock\n[supervisorctl]\n')).toEqual([
      expect.stringContaining('supervisorctl connects to http://localhost:9001'),
    ]);
  });

  test.each([
    ['unix:///run/a.sock', '[unix_http_server]\nfile=/run/a.sock\n'],
    ['unix:///var/run/a.sock', '[unix_http_server]\nfile=/run/a.sock\n'],
    ['unix:///run/./a.sock', '[unix_http_server]\nfile=/run//a.sock\n'],
    ['unix://a.sock', '[unix_http_server]\nfile=a.sock\n'],
    ['unix://%(here)s/a.sock', '[unix_http_server]\nfile=%(here)s/a.sock\n'],
    ['http://localhost:9001', '[inet_http_server]\nport=127.0.0.1:9001\n'],
    ['http://localhost:9001/', '[inet_http_server]\nport=localhost:9001\n'],
    ['http://127.0.0.1:9001', '[inet_http_server]\nport=*:9001\nusername=a\npassword={SHA}0\n'],
    ['http://[::1]:9001', '[inet_http_server]\nport=[::1]:9001\n'],
    ['http://other.example.com:9001', '[unix_http_server]\nfile=/run/a.sock\n'],
    ['http://%(ENV_NOPE)s', '[unix_http_server]\nfile=/run/a.sock\n'],
  ])('where supervisorctl looks, at %s, are well', (url, server) => {
    expect(toldOf(`${server}[supervisorctl]\nserverurl=${url}\n`)).toEqual([]);
  });

  test.each(['0.0.0.0:9001', '*:9001', ':9001', '9001', '10.0.0.1:9001', '[::]:9001'])(
    'without a password at %s are told of',
    (port) => {
      expect(toldOf(`[inet_http_server]\nport=${port}\n`)).toEqual([
        expect.stringContaining('no password: everyone'),
      ]);
    },
  );

  test.each(['127.0.0.1:9001', 'localhost:9001', '127.0.1.1:9001', '[::1]:9001', 'inner.example.com:9001'])(
    'without a password at %s are well',
    (port) => {
      expect(toldOf(`[inet_http_server]\nport=${port}\n`)).toEqual([]);
    },
  );
});

describe('a program that goes into the background by itself', () => {
  const leaving = 'this program daemonises itself, which looks like an exit';
  test.each([
    'nginx',
    '/usr/sbin/nginx -c /etc/nginx/nginx.conf',
    'sudo nginx',
    'redis-server --daemonize yes',
    '/usr/bin/redis-server /etc/redis/redis.conf',
    'service httpd start',
    'systemctl restart nginx',
    '/etc/init.d/nginx start',
    'gunicorn -w 2 -D app:app',
    'php-fpm8.2',
    'apache2ctl start',
    'httpd -k start',
    'celery multi start w1',
    'pm2 start app.js',
    'cron',
    'catalina.sh start',
    'env A=b /usr/sbin/sshd',
  ])('%s: is told of', (command) => {
    const files = {
      '/etc/nginx/nginx.conf': 'user nginx;\n# daemon off;\n',
      '/etc/redis/redis.conf': 'port 6379\ndaemonize yes\n',
    };
    expect(warnings(program('', command), files)).toContain(`3: ${leaving}`);
  });

  test.each([
    "nginx -g 'daemon off;'",
    'nginx -c /srv/own.conf',
    'nginx -t',
    'redis-server /etc/redis/redis.conf --daemonize no',
    'redis-server /srv/own.conf',
    'php-fpm',
    '/usr/local/sbin/php-fpm',
    'php-fpm8.2 -F',
    '/usr/sbin/php-fpm7.4 --nodaemonize -R',
    'php-fpm83 -y /srv/own.conf',
    'apache2-foreground',
    'apache2ctl -D "FOREGROUND" -k start',
    '/usr/sbin/httpd -DNO_DETACH',
    'httpd -f -h /www',
    'service --status-all',
    'systemctl is-active nginx',
    'cron -f -L 15',
    'crond -l 2 -f',
    '/usr/sbin/sshd -De',
    'mysqld_safe',
    'postgres -D /var/lib/postgresql',
    'memcached -u memcache -m 64',
    'pm2-runtime start app.js',
    'pidproxy /run/nginx.pid nginx',
    "bash -c 'service mysql start && exec app'",
    'celery -A app worker',
  ])('%s: is not taken for one', (command) => {
    const files = {
      '/srv/own.conf': 'daemon off;\ndaemonize = no\n',
      '/etc/redis/redis.conf': 'daemonize yes\n',
    };
    expect(warnings(program('', command), files)).toEqual([]);
  });

  test('is a job when it is meant to end', () => {
    expect(warnings(program('autorestart=false\nstartsecs=0\n', 'service nginx start'))).toEqual([]);
    expect(warnings(program('autorestart=true\nstartsecs=0\n', 'service nginx start'))).toEqual([
      `3: ${leaving}`,
    ]);
  });
});

describe('a program that is not there', () => {
  const directories = ['/srv', '/opt'];
  const present = new Set(['/bin/cat', '/usr/bin/python3', '/opt/bin/tool', '/srv/data', ...directories]);
  const factsOf = (path: string): FileFacts | 'absent' | 'unknown' => {
    if (path.startsWith('/closed/')) return 'unknown';
    if (!present.has(path)) return 'absent';
    const mode = path === '/srv/data' ? 0o644 : 0o755;
    return { kind: directories.includes(path) ? 'directory' : 'file', mode, uid: 0, identity: path };
  };
  const told = (command: string, more = '') => warnings(program(more, command), {}, { factsOf });

  test.each([
    ['/usr/local/bin/nothing --x', '/usr/local/bin/nothing is not on this machine'],
    ['nothing', 'nothing is not on this machine'],
    ['"/srv/my app/run" x', '/srv/my app/run is not on this machine'],
    ['/srv', '/srv is a directory'],
    ['/srv/data', '/srv/data is not executable'],
  ])('%s: is told of', (command, message) => {
    expect(told(command)).toEqual([`3: ${message}`]);
  });

  test.each(['/bin/cat', 'python3 -m app', '/closed/app', './run.sh', 'bin/run.sh', "'/bin/cat' x"])(
    '%s: is there, or cannot be told',
    (command) => {
      expect(told(command)).toEqual([]);
    },
  );

  test('is looked for in the PATH of its own environment, and in that alone', () => {
    expect(told('tool', 'environment=PATH="/opt/bin:%(ENV_HOME)s/bin"\n')).toEqual([]);
    expect(told('python3', 'environment=PATH="/opt/bin"\n')).toEqual(['3: python3 is not on this machine']);
  });

  test.each([
    ['an empty element', ':/usr/none', ''],
    ['a relative element', 'bin:/usr/none', ''],
    ['an element below its directory', 'bin:/usr/none', 'directory=/opt\n'],
  ])('is looked for by %s of that PATH, from where the program runs', (_, path, lines) => {
    expect(told('tool', `environment=PATH="${path}"\n${lines}`)).toEqual([]);
  });

  test('is missed where no element of that PATH has it, its directory included', () => {
    expect(told('tool', 'environment=PATH=":none:/usr/none"\ndirectory=/srv\n')).toEqual([
      '3: tool is not on this machine',
    ]);
  });

  test('is told of in ready=exec as well, on its line', () => {
    expect(told('/bin/cat', 'ready=exec:/none/%(program_name)s -q\n')).toEqual([
      '4: /none/x is not on this machine',
    ]);
    expect(told('/bin/cat', 'ready=exec:/srv/data\n')).toEqual(['4: /srv/data is not executable']);
    expect(told('/bin/cat', 'ready=exec:tool -q\nenvironment=PATH="/opt/bin"\n')).toEqual([]);
    expect(told('/bin/cat', 'ready=tcp://127.0.0.1:5432\n')).toEqual([]);
  });

  test('is told once for many processes', () => {
    expect(told('/none/%(program_name)s', 'numprocs=3\nprocess_name=%(process_num)d\n')).toEqual([
      '3: /none/x is not on this machine',
    ]);
  });
});

describe('the directory of a program', () => {
  const factsOf = (path: string): FileFacts | 'absent' | 'unknown' => {
    if (path.startsWith('/closed/')) return 'unknown';
    if (!['/srv', '/srv/file', '/bin/cat'].includes(path)) return 'absent';
    return { kind: path === '/srv' ? 'directory' : 'file', mode: 0o755, uid: 0, identity: path };
  };
  const told = (directory: string) => warnings(program(`directory=${directory}\n`), {}, { factsOf });

  test.each([
    ['/nowhere', 'the directory /nowhere does not exist'],
    ['"/srv"', 'the directory "/srv" does not exist'],
    ['/srv/file', '/srv/file is a file, not a directory'],
  ])('%s: is told of', (directory, message) => {
    expect(told(directory)).toEqual([`4: ${message}`]);
  });

  test.each(['/srv', '/closed/x', 'relative', ''])('%j: is there, or cannot be told', (directory) => {
    expect(told(directory)).toEqual([]);
  });
});

describe('what [include] names', () => {
  const include = (files: string, more: Files = {}) =>
    warnings(`[supervisord]\n[include]\nfiles=${files}\n`, more);

  test('is nothing to tell of while its directory is empty, as after the installation', () => {
    const empty = { '/etc/conf.d/.placeholder': '' };
    expect(include('/etc/conf.d/*.conf', empty)).toEqual([]);
    expect(include('conf.d/*.conf', empty)).toEqual([]);
  });

  test('is told of when its directory has other files, or is not there, or one file is named', () => {
    const others = { '/etc/conf.d/app.ini': '' };
    expect(include('/etc/conf.d/*.conf', others)).toEqual([
      '3: No file matches via include "/etc/conf.d/*.conf"',
    ]);
    expect(include('/etc/none/*.conf')).toEqual(['3: No file matches via include "/etc/none/*.conf"']);
    expect(include('/etc/app.ini')).toEqual(['3: No file matches via include "/etc/app.ini"']);
  });
});

describe('an environment that is cut', () => {
  test.each([
    ['D=a#b,E=lost', 'the value of D ends before "#b,E=lost"; the rest is lost'],
    ['A=a b', 'the value of A ends before "b"; the rest is lost'],
    ['A=1,B=50%%', 'the value of B ends before "%"; the rest is lost'],
    ['C=café', 'the value of C ends before "é"; the rest is lost'],
    ['U=http://x/?q=1', 'the value of U ends before "?"; the rest is lost'],
    ['A="x"y', 'the value of A ends before "y"; the rest is lost'],
  ])('%s: is told of', (value, message) => {
    expect(warnings(program(`environment=${value}\n`))).toEqual([`4: ${message}`]);
    expect(warnings(`[supervisord]\nenvironment=${value.replaceAll('%', '%%')}\n`)).toEqual([
      `2: ${message}`,
    ]);
  });

  test.each([
    'A=1',
    'A=1,B=2,',
    'A="a b",B=\'c#d\'',
    'A=1;B=2',
    'PATH="/opt/bin:%(ENV_HOME)s"',
    'HOME=/srv/app,USER=app',
    'A=%(ENV_HOME)s/x,B=%(program_name)s',
    'A=1,\n  B="two words",\n  C=3',
    'URL="http://x/?a=1&b=2"',
    'N="50%%"',
    'LANG=en_US.UTF-8',
  ])('%j: is whole', (value) => {
    expect(warnings(program(`environment=${value}\n`))).toEqual([]);
  });
});

describe('the logs of a program', () => {
  test('are told of when both streams go to one file', () => {
    expect(warnings(program('stdout_logfile=/tmp/x.log\nstderr_logfile=/tmp//x.log\n'))).toEqual([
      '5: standard output and standard error both go to /tmp/x.log',
    ]);
  });

  test.each([
    'stdout_logfile=/tmp/x.log\nstderr_logfile=/tmp/y.log\n',
    'stdout_logfile=/dev/stdout\nstderr_logfile=/dev/stdout\n',
    'stdout_logfile=/tmp/x.log\nredirect_stderr=true\n',
    'stdout_logfile=AUTO\nstderr_logfile=AUTO\n',
    'stdout_logfile=NONE\nstderr_logfile=NONE\n',
    'stdout_logfile=/tmp/x\nstderr_logfile=/tmp/x\nstdout_logfile_maxbytes=0\nstderr_logfile_maxbytes=0\n',
  ])('%j: are well', (lines) => {
    expect(
      warnings(program(lines), {
        '/dev/stdout': '',
      }),
    ).toEqual([]);
  });
});

describe('the rights of the files', () => {
  const withModes = (modes: Readonly<Record<string, number>>): Partial<ConfigHost> => ({
    factsOf: (path) => {
      const isDirectory = !/\.conf$|\/cat$/.test(path);
      const mode = modes[path] ?? (path.endsWith('.conf') ? 0o600 : 0o755);
      return { kind: isDirectory ? 'directory' : 'file', mode, uid: 0, identity: path };
    },
  });
  const withPassword = `[supervisord]\n${rpc}[unix_http_server]\nfile=/run/s.sock\nusername=a\npassword=b\n`;
  const withInclude = '[supervisord]\n[include]\nfiles=/etc/s.d/*.conf\n';
  const included = { '/etc/s.d/a.conf': '[program:a]\ncommand=/bin/cat\n' };

  test('are told of when everyone may read a password', () => {
    expect(warnings(withPassword, {}, withModes({ '/etc/s.conf': 0o644 }))).toEqual([
      '7: every user of this machine can read this password',
    ]);
  });

  test('are well when the file or its directory is closed, or the password is a hash or a variable', () => {
    expect(warnings(withPassword, {}, withModes({ '/etc/s.conf': 0o640 }))).toEqual([]);
    expect(warnings(withPassword, {}, withModes({ '/etc/s.conf': 0o644, '/etc': 0o750 }))).toEqual([]);
    for (const password of ['{SHA}82ab876d1387bfafe46cc1c8a2ef074eae50cb1d', '%(ENV_HOME)s'])
      expect(
        warnings(withPassword.replace('=b', `=${password}`), {}, withModes({ '/etc/s.conf': 0o644 })),
      ).toEqual([]);
  });

  test('are told of when everyone may add, change or replace what is read', () => {
    const places = [
      ['/etc/s.d', 0o777],
      ['/etc/s.d', 0o1777],
      ['/etc/s.d/a.conf', 0o666],
      ['/etc/s.conf', 0o646],
      ['/etc', 0o777],
    ] as const;
    for (const [path, mode] of places)
      expect(warnings(withInclude, included, withModes({ [path]: mode }))).toContainEqual(
        expect.stringContaining(`every user can write ${path}, and so decide what supervisord runs`),
      );
  });

  test('are told of once for each place', () => {
    const many = { ...included, '/etc/s.d/b.conf': '[program:b]\ncommand=/bin/cat\n' };
    expect(warnings(withInclude, many, withModes({ '/etc/s.d': 0o777 }))).toHaveLength(1);
  });

  test('are well when only a group may, or a directory on the way is like /tmp', () => {
    expect(warnings(withInclude, included, withModes({ '/etc/s.d': 0o775, '/etc': 0o1777 }))).toEqual([]);
  });
});

describe('logs in a directory that others can change', () => {
  const open = (editor: 'user' | 'everyone') => ({
    uid: 0,
    untrustedDirectory: (path: string) =>
      path.startsWith('/home/web/')
        ? {
            path: '/home/web',
            editor: editor === 'user' ? { kind: 'user' as const, uid: 33 } : { kind: 'everyone' as const },
            sticky: false,
          }
        : null,
  });
  const files = { '/home/web/logs/other': '', '/var/log/other': '' };

  test('are told with the log, the directory and the user, once for a directory', () => {
    const text = program('stdout_logfile=/home/web/logs/out\nstderr_logfile=/home/web/logs/err\n');
    expect(warnings(text, files, open('everyone'))).toEqual([
      '4: every user can change /home/web, and so what is at /home/web/logs/out',
    ]);
    expect(warnings(text, files, open('user'))[0]).toMatch(/^4: user \S+ can change \/home\/web, and so/);
  });

  test('are nothing to tell of where only root can change it, or the daemon is not root', () => {
    const text = program('stdout_logfile=/var/log/out\n');
    expect(warnings(text, files, open('user'))).toEqual([]);
    const mine = program('stdout_logfile=/home/web/logs/out\n');
    expect(warnings(mine, files, { ...open('user'), uid: 1000 })).toEqual([]);
  });
});
