// What the generator writes behind an option's `=`: for each, values that are good and values that are not.
// `@` stands for a directory that is there.

export interface Choice {
  readonly good: readonly string[];
  readonly bad: readonly string[];
}

const integer: Choice = {
  good: ['0', '1', '7', '1_000', '  12', '+3', '-1', '007', '٣'],
  bad: ['x', '', '1.5', '0x10', '1__0', '5 5', '%(here)s', '%', '1e3', '--1'],
};
const count: Choice = {
  good: ['1', '2', '3', '0', '-1', '%(ENV_TWO)s'],
  bad: ['x', '', '1.5', '%(process_num)d'],
};
const truth: Choice = {
  good: ['true', 'false', 'TRUE', 'Yes', 'no', 'on', 'Off', '1', '0', '%(ENV_YES)s'],
  bad: ['maybe', '', 'y', '2', 'true false', '%(ENV_NOPE)s', 'T'],
};
const size: Choice = {
  good: ['0', '1', '10KB', '5mb', '2Gb', '1 KB', '-1kb', '1_0kb', '50MB'],
  bad: ['5k', '1b', '1.5MB', 'kb', '', 'x', '1tb', '10 k b'],
};
const mode: Choice = {
  good: ['022', '22', '0o22', '7777', '0', '-22', '0O7'],
  bad: ['8', '', '0x1', 'abc', '9', '0o'],
};
const account: Choice = {
  good: ['root', 'nobody', '0', 'daemon', '1', '%(ENV_USER)s'],
  bad: ['nosuch', '', '99999', '-1', 'root:root', '%(process_num)d'],
};
const environment: Choice = {
  good: [
    'A=1',
    'A=1,B=2',
    'A="x y", B=\'z,w\'',
    'A=1,\n  B=2',
    'A=%(ENV_HOME)s',
    'PATH="%(ENV_PATH)s:/x"',
    'A=1,A=2',
    'A=1;B=2',
    'A=a#b',
    'A=1,',
    '"A"=1',
    'A="it\'s"',
    'A=\'say "x"\'',
    'A="a"b',
    'A=~',
    'A=/usr/bin:/bin,B=a.b-c+d_e(f)',
    'N="%%%%"',
    'A=éa',
    '',
    'A=1 2',
    'FOO=bar,ENV_X=1',
  ],
  bad: [
    'A',
    'A=',
    'A=1,B',
    'A="1',
    "A='1",
    'A=a@b',
    'A==1',
    '=1',
    'A=1,,B=2',
    'A="%(nope)s"',
    'A="%"',
    'A:1',
  ],
};
const words: Choice = {
  good: ['plain', 'two words', 'üñí', '%(here)s/x', 'a%%b', 'x;y', 'x#y', '%(ENV_FOO)s', ''],
  bad: ['%', '%(nope)s', '%(a', '%Y', '%(here)d', '100%', '%(here)', '%d'],
};
const directory: Choice = {
  good: ['@', '@/sub', '~', '.', '%(here)s', '/'],
  bad: ['@/none', '', '@/main.conf', '~nosuch'],
};
const file: Choice = {
  good: ['@/x.log', 'x.log', './x.log', '~/x.log', '%(here)s/x.log', '@//sub/../y.log', '@/%(ENV_TWO)s'],
  bad: ['@/none/x', 'none/x', '%(nope)s', '~nosuch/x', '/nonexistent/%(here)s'],
};
const processText: Choice = {
  good: [
    ...words.good,
    '%(program_name)s %(process_num)d',
    '%(process_num)02d/%(numprocs)s',
    '%(group_name)s@%(host_node_name)s',
    '%(process_num)5.2f|%(process_num)#x',
    '%(process_num)+d',
    '%(process_num)-4d.',
    '%(program_name).2s',
    '%(program_name)10s',
    '%(process_num)g %(process_num)e',
    '%(numprocs)c',
    '%(here)r',
    '%(ENV_FOO)a',
    '%%(program_name)s',
    'date +%s',
  ],
  bad: [
    ...words.bad,
    '%(process_num)z',
    '%(program_name)x',
    '%(process_num)*d',
    '%*d',
    '%(PROGRAM_NAME)s',
    '%(ENV_foo)s',
    '%(process_num)',
    '%(process_num)5',
    '%(program_name)c',
    '%(a(b)c)s',
  ],
};
const logfile: Choice = {
  good: [
    'AUTO',
    'none',
    'OFF',
    '',
    'syslog',
    ...file.good,
    '@/%(program_name)s.log',
    '@/%(process_num)d.log',
    '@/%%(process_num)d',
    '%%%%',
  ],
  bad: [...file.bad, '@/%%x', '@/%%(nope)s', '%(process_num)z'],
};

export const supervisordValues: Readonly<Record<string, Choice>> = {
  logfile: { good: [...file.good, 'syslog', 'NONE'], bad: file.bad },
  logfile_maxbytes: size,
  logfile_backups: integer,
  loglevel: {
    good: ['info', 'DEBUG', 'Trace', 'blather', 'critical', 'warn'],
    bad: ['warning', '', '10', 'x'],
  },
  pidfile: file,
  umask: mode,
  nodaemon: truth,
  silent: truth,
  minfds: integer,
  minprocs: integer,
  nocleanup: truth,
  childlogdir: directory,
  user: account,
  directory,
  strip_ansi: truth,
  environment,
  identifier: { good: ['x', 'two words', '', '%(here)s'], bad: ['%(host_node_name)s', '%'] },
};

const streams = Object.fromEntries(
  ['stdout', 'stderr'].flatMap((channel) => [
    [`${channel}_logfile`, logfile],
    [`${channel}_logfile_maxbytes`, size],
    [`${channel}_logfile_backups`, integer],
    [`${channel}_capture_maxbytes`, size],
    [`${channel}_events_enabled`, truth],
    [`${channel}_syslog`, truth],
  ]),
);

export const programValues: Readonly<Record<string, Choice>> = {
  process_name: {
    good: [
      '%(program_name)s_%(process_num)02d',
      'p%(process_num)s',
      '%(group_name)s-%(process_num)d',
      '%(process_num)d',
    ],
    bad: ['constant', 'a b', 'a/b', 'a:b', '%(nope)s', 'x%(process_num)', ''],
  },
  numprocs: count,
  numprocs_start: integer,
  priority: { good: ['1', '999', '-5', '%(ENV_TWO)s'], bad: ['x', '', '%(program_name)s'] },
  autostart: truth,
  autorestart: {
    good: ['true', 'False', 'unexpected', 'UNEXPECTED', '1'],
    bad: ['maybe', '', "it's", 'NEVER'],
  },
  startsecs: integer,
  startretries: integer,
  stopsignal: {
    good: [
      'TERM',
      'sigint',
      'Hup',
      '9',
      '0',
      '34',
      '64',
      'RTMIN',
      'CLD',
      'POLL',
      'IO',
      '  QUIT',
      'STKFLT',
      '017',
    ],
    bad: ['FOO', '', '999', '33', '-1', 'RTMIN+1', 'TERM INT', '32'],
  },
  stopwaitsecs: integer,
  stopasgroup: truth,
  killasgroup: truth,
  exitcodes: { good: ['0', '0,2', ' 1 , 2', '', '255', '0,0'], bad: ['a', '256', '-1', '0,', ',', '1 2'] },
  user: account,
  redirect_stderr: truth,
  ...streams,
  environment,
  directory: processText,
  umask: mode,
  serverurl: { good: ['AUTO', 'auto', '', 'http://x:1', '%(program_name)s'], bad: ['%(process_num)d', '%'] },
};

export const commandValues: Choice = {
  good: ['/bin/cat', '/bin/sh -c "x"', ...processText.good],
  bad: processText.bad,
};

export const fastCgiValues: Readonly<Record<string, Choice>> = {
  socket_backlog: { good: ['1', '128', '65535'], bad: ['0', 'x', '65536', ''] },
  socket_owner: {
    good: ['root', 'nobody', 'root:daemon', '0:1'],
    bad: ['nosuch', '', 'root:', ':root', 'a:b:c'],
  },
  socket_mode: mode,
};

export const socketValues: Choice = {
  good: ['unix://@/f.sock', 'unix:///a/../b', 'unix://@/%(program_name)s', 'unix://%(here)s/x'],
  bad: [
    'foo',
    'tcp://localhost',
    'unix://foo',
    'tcp://a:0',
    'tcp://a:99999',
    '',
    'tcp://[::1]:80',
    '%(process_num)s',
  ],
};

export const listenerValues: Readonly<Record<string, Choice>> = {
  buffer_size: { good: ['1', '10', '100'], bad: ['0', 'x', '', '-3'] },
  redirect_stderr: { good: ['false', 'no'], bad: ['true', 'x', '%(program_name)s'] },
};

export const eventsValues: Choice = {
  good: [
    'EVENT',
    'process_state',
    'TICK_5,TICK_60',
    ' TICK , PROCESS_LOG_STDOUT',
    'REMOTE_COMMUNICATION,TICK_5,TICK_5',
  ],
  bad: ['FOO', 'TICK_5,', '', 'process state', '%(program_name)s'],
};

export const inetValues: Readonly<Record<string, Choice>> = {
  port: {
    good: ['9001', '*:9001', ':9001', 'HOST:9001', '127.0.0.1:9001', '[::1]:9001', 'a:b:80', '+80', ' : 80'],
    bad: ['abc', '', '65536', '127.0.0.1:0', '127.0.0.1:65536', 'h:', 'h:abc', '%(here)s', '-1', 'h:1 2'],
  },
};

export const unixValues: Readonly<Record<string, Choice>> = {
  file: {
    good: ['@/s.sock', 's.sock', '~/s.sock', '%(here)s/s.sock', '//x/./y', ''],
    bad: ['%(nope)s', '%'],
  },
  chmod: mode,
  chown: { good: ['root', 'root:daemon', 'nobody', '1'], bad: ['nosuch', 'root:nosuch', '', '1:'] },
};

export const credentialValues: Choice = {
  good: ['user', '', 'a%%b', '{SHA}82ab876d1387bfafe46cc1c8a2ef074eae50cb1d', '%(ENV_FOO)s'],
  bad: ['%', '%(here)s', '%(nope)s'],
};
