// Configurations that a generator would not think of: the dialect's corners, and one for every known error.

import { sampleConfig, samplePaths } from '../../../src/config/sample.ts';

export interface EdgeCase {
  readonly name: string;
  readonly text: string | Uint8Array;
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  readonly args?: readonly string[];
}

const daemon = '[supervisord]\n';
const program = `${daemon}[program:x]\ncommand=/bin/sleep 100\n`;

/** The text in a place where it shows: the identifier. */
function asValue(text: string): EdgeCase {
  return { name: JSON.stringify(text), text: `${daemon}identifier=${text}` };
}

/** A line added to a program that is good without it. */
function inProgram(line: string): EdgeCase {
  return { name: `[program:x] ${JSON.stringify(line)}`, text: `${program}${line}\n` };
}

function inDaemon(line: string): EdgeCase {
  return { name: `[supervisord] ${JSON.stringify(line)}`, text: `${daemon}${line}\n` };
}

function whole(text: string): EdgeCase {
  return { name: JSON.stringify(text), text };
}

const comments = [
  'a=1 ;c',
  'a=1 #c',
  'a=1\t;c',
  'a=1;c',
  'a=1#c',
  'a;b ;d #e',
  'a#b #c ;d',
  'a;b #c ;d',
  ';c',
  '#',
  ' ;c',
  "sh -c 'x ; y'",
  'a\u00a0;b',
  'a\u2003#b',
  'a;b;c;d ;e',
  'a#b#c;d ;e #f',
  'a ; b # c',
];

const continuations = [
  'x\n  y',
  'x\n\n  y',
  'x\n\n\n  y\n\n',
  'x\n;comment\n  y',
  'x\n  ;comment\n  y',
  'x\n  # comment\n  y',
  '\n  x',
  'x\n  [b]\n  y=2',
  'x\n\ty\n  z',
  'x\n  y ;cut\n  z',
  'x\n  y\n z\n   w',
  'x\n\u00a0y',
  'x\r\n  y\r\n',
  'x\r  y\r',
  'x\u2028y',
  'x\u0085  y',
  'x\fy',
  'x\n\f y',
];

const texts = [
  '',
  '\n',
  '; nothing\n',
  'foo=bar\n',
  'foo=bar',
  '[supervisord\n',
  '[program:x\n[supervisord]\n',
  '\ufeff[supervisord]\n',
  '\ufeff; comment\n[supervisord]\n',
  '[Supervisord]\n',
  '[ supervisord ]\n',
  '[supervisord] junk\n',
  '[supervisord];x\n',
  '[supervisord]identifier=x\n',
  '[supervisord]]\n',
  '[[supervisord]\n',
  '  [supervisord]\n    identifier=x\n',
  '[supervisord]\n  identifier=x\n    y=2\n   minfds=5\n',
  '[supervisord]\nnodaemon\n',
  '[supervisord]\nnodaemon\n\nfoo\nbar',
  '[supervisord]\n=foo\n',
  '[supervisord]\n[]\n',
  '[supervisord]\n[]=x\n',
  '[supervisord]\nidentifier=a\nbare\n  continued\n',
  '[supervisord]\n=v\n  continued\nidentifier=x\n',
  '[supervisord]\nidentifier=a\nIDENTIFIER:b\nIdentifier = c\n',
  '[supervisord]\nidentifier==a\n',
  '[supervisord]\nidentifier:=a\n',
  '[supervisord]\nidentifier= : a = b\n',
  '[supervisord]\n[program:x\ncommand=y\n',
  '[supervisord]\nidentifier=a\n[supervisord]\nminfds=3\n',
  '[supervisord]\nminfds=3\n[x]\n[supervisord]\nidentifier=b\n',
  '[DEFAULT]\nidentifier=d\nautostart=false\n[supervisord]\n[program:x]\ncommand=y\n',
  '[default]\nidentifier=d\n[supervisord]\n',
  '[supervisord]\n[DEFAULT]\ncommand=z\n[program:x]\n',
  '[DEFAULT]\nx=%(here)s\n[supervisord]\n[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n',
  'rem x\n[supervisord]\n',
  '[supervisord]\nrem x=1\n',
  '[supervisord]\n[unknown]\nx=%(never)s %\n',
  '[supervisord]\n[program]\ncommand=x\n[Program:y]\n[group]\n',
  '[supervisord]\n[program:]\ncommand=x\n',
  '[supervisord]\n[program:é☃𝒳]\ncommand=x\nprocess_name=𝒳%(program_name).2s\n',
  '[supervisord]\n[program:a\tb]\ncommand=x\n',
  '[supervisord]\n[program:a]b]\ncommand=x\n',
  "[supervisord]\n[program:it's]\ncommand=x\nautostart=zzz\n",
  '[supervisord]\n[program:it\'s"]\ncommand=x\nautostart=zzz\n',
  '[supervisord]\n[program:é\u0301\u200b]\ncommand=x\nautostart=z\u00a0z\u200b\u{1f600}\u{e000}\n',
  '[supervisord]\n[program:a b]\ncommand=x\n',
  '[supervisord]\n[program:a:b]\ncommand=x\n',
  '[supervisord]\n[program:a/b]\ncommand=x\n',
  '[supervisord]\n[group:a b]\nprograms=\n',
  '[supervisord]\n[eventlistener:a:b]\nevents=EVENT\ncommand=x\n',
  '[supervisord]\n[eventlistener: a ]\nevents=EVENT\ncommand=x\n',
  '[supervisord]\n[eventlistener:a b]\nevents=EVENT\ncommand=x\n',
  '[supervisord]\n[inet_http_serverXYZ]\nport=1\n[unix_http_server_2]\nfile=x\n[inet_http_server]\nport=2\n',
  '[supervisord]\n[group:g]\n',
  '[supervisord]\n[group:g]\nprograms=\n',
  '[supervisord]\n[group:g]\nprograms=x,x\n[program:x]\ncommand=c\n',
  '[supervisord]\n[group:g]\nprograms=x\n[group:h]\nprograms=x\n[program:x]\ncommand=%(group_name)s\n',
  '[supervisord]\n[group:g]\nprograms=x,y\n[program:x]\ncommand=c\n',
  '[supervisord]\n[group:g]\nprograms=x,\n[program:x]\ncommand=c\n',
  '[supervisord]\n[group:g]\nprograms=,x\n[program:x]\ncommand=c\n',
  '[supervisord]\n[group:g]\nprograms=x\n[program:x]\ncommand=c\n[fcgi-program:x]\ncommand=c\nsocket=unix:///x\n',
  '[supervisord]\n[group:g]\nprograms=x,y\n[program:x]\ncommand=c\n[program:y]\ncommand=c\n[fcgi-program:y]\n',
  '[supervisord]\n[group:g]\nprograms=f\n[fcgi-program:f]\ncommand=c\nsocket=rubbish\nsocket_mode=9\n',
  '[supervisord]\n[group:y]\nprograms=x\npriority=5\n[program:x]\ncommand=c\n[program:y]\ncommand=d\n',
  '[supervisord]\n[group:y]\nprograms=x\n[program:x]\ncommand=c\n[program:y]\ncommand=d\n',
  '[supervisord]\n[program:b]\ncommand=c\npriority=5\n[program:a]\ncommand=c\n[program:c]\ncommand=c\npriority=5\n',
  '[supervisord]\n[program:x]\ncommand=c\nnumprocs=12\nprocess_name=%(process_num)d\n',
  '[supervisord]\n[program:x]\ncommand=%(process_num)d\nnumprocs=3\nprocess_name=s%(process_num)d\nnumprocs_start=-1\n',
  '[supervisord]\n[program:x]\ncommand=%(process_num)d\nnumprocs=3\nprocess_name=%(program_name).1s%%(process_num)\n',
  '[supervisord]\n[program:x]\ncommand=%(process_num)d\nnumprocs=3\nprocess_name=s%%(process_num)%(here).0s\n',
  '[supervisord]\nenvironment=KEY="v",PATH="p"\n[program:x]\ncommand=%(ENV_KEY)s %(ENV_PATH)s\nenvironment=KEY="w",B="%(ENV_KEY)s"\n',
  '[supervisord]\nenvironment=KEY="v"\nidentifier=%(ENV_KEY)s\n',
  '[supervisord]\nenvironment=KEY="v"\n[inet_http_server]\nport=1\nusername=%(ENV_KEY)s\npassword=%(ENV_KEY)s\n',
  '[supervisord]\n[program:x]\ncommand=%(ENV_A)s\nenvironment=A="1",A="%%"\n',
  '[supervisord]\n[program:x]\ncommand=c\nenvironment=A="%(process_num)d"\nprocess_name=p%(ENV_A)s_%(process_num)d\nnumprocs=2\n',
  '[supervisord]\n[program:x]\ncommand=c\nenvironment=PATH="%(ENV_PATH)s:/%(process_num)d"\nprocess_name=%(process_num)d\nnumprocs=2\n',
  '[supervisord]\n[rpcinterface:x]\n',
  '[supervisord]\n[rpcinterface:x]\nsupervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\nother=%(here)s\n',
  '[supervisord]\n[ctlplugin:x]\n',
  '[supervisord]\n[supervisorctl]\nserverurl=%\n',
  '[supervisord]\n[inet_http_server]\n',
  '[supervisord]\n[inet_http_server]\nport=%(nope)s\nusername=%(none)s\n',
  '[supervisord]\n[inet_http_server]\nusername=u\n',
  '[supervisord]\n[inet_http_server]\nport=1\nusername=%(here)s\npassword=x\n',
  '[supervisord]\n[unix_http_server]\n',
  '[supervisord]\n[unix_http_server]\nfile=x\npassword=u\n',
  '[supervisord]\n[unix_http_server]\nfile=x\nusername=%(a)s\nchmod=%(b)s\nchown=%(c)s\n',
  '[supervisord]\n[unix_http_server]\nfile=x\nchmod=%(b)s\nchown=%(c)s\n',
  '[supervisord]\n[unix_http_server]\nfile=x\nchmod=999\nchown=nosuch\n',
  '[supervisord]\nuser=nosuch\n[unix_http_server]\n',
  '[supervisord]\nuser=nosuch\n[program:x]\n',
  '[supervisord]\n[program:x]\n[eventlistener:e]\n[inet_http_server]\n',
  '[supervisord]\n[eventlistener:e]\ncommand=x\n',
  '[supervisord]\n[eventlistener:e]\ncommand=x\nevents=FOO\nbuffer_size=0\n',
  '[supervisord]\n[eventlistener:e]\ncommand=x\nevents=EVENT\nredirect_stderr=true\n',
  '[supervisord]\n[eventlistener:e]\ncommand=x\nevents=EVENT\nredirect_stderr=%(program_name)s\n',
  '[supervisord]\n[eventlistener:e]\nevents=EVENT\n',
  '[supervisord]\n[eventlistener:e]\ncommand=x\nevents=EVENT\npriority=7\n',
  '[supervisord]\n[fcgi-program:f]\ncommand=x\n',
  '[supervisord]\n[fcgi-program:f]\nsocket=unix:///x\n',
  '[supervisord]\n[fcgi-program:f]\ncommand=x\nsocket=unix:///x\nuser=daemon\n',
  '[supervisord]\n[fcgi-program:f]\ncommand=x\nsocket=unix:///x\nuser=root\n',
  '[supervisord]\n[fcgi-program:f]\ncommand=x\nsocket=unix:///x\nuser=nosuch\nsocket_backlog=0\n',
  '[supervisord]\n[fcgi-program:f]\ncommand=x\nsocket=unix:///%(process_num)s\n',
  '[supervisord]\n[fcgi-program:f]\ncommand=x\nsocket=foo\nsocket_mode=999\n',
  '[include]\nfiles=x\n',
  '[supervisord]\n[include]\n',
  '[supervisord]\n[include]\nfiles=\n',
  '[supervisord]\n[include]\nfiles=%(nope)s\n',
  '[supervisord]\n[include]\nfiles=%(host_node_name)s %(ENV_FOO)s\n',
  '[supervisord]\n[DEFAULT]\nfiles=none\n[include]\n',
  '[supervisord]\n[include]\nfiles=none\n[program:x]\ncommand=%%(here)s\n',
  '[supervisord]\n[include]\nfiles=none\n[inet_http_server]\nport=1\nusername=%(here)s\npassword=x\n',
  '[supervisord]\nidentifier=%(here)s\n',
  '[DEFAULT]\nidentifier=%(here)s\n[supervisord]\n[include]\nfiles=none\n',
];

const daemonLines = [
  ...[
    'user=nosuch',
    'user=99999',
    'user=',
    'user=0',
    'user=%(nope)s',
    'loglevel=foo',
    'loglevel=',
    'umask=abc',
  ],
  ...[
    'umask=888',
    'minfds=abc',
    'minprocs=1.5',
    'directory=/nonexistent',
    'directory=',
    'childlogdir=/nonexistent',
  ],
  ...[
    'logfile=/nonexistent/x.log',
    'pidfile=/nonexistent/x.pid',
    'logfile_maxbytes=foo',
    'logfile_backups=foo',
  ],
  ...['nodaemon=foo', 'silent=FOO', 'nocleanup=foo', 'strip_ansi=foo', 'environment=A', 'environment=A="%%"'],
  ...['environment=A="%(nope)s"', 'environment=A="%%%%"', 'environment=A="%%(ENV_FOO)s"', 'logfile=%(nope)s'],
  ...['identifier=%(host_node_name)s', 'logfile=syslog', 'logfile=NONE', 'logfile=', 'pidfile=', 'logfile=~'],
  ...[
    'minfds=1_0',
    'minfds=١٢',
    'minfds=-0',
    'minfds=9007199254740993',
    'minfds=1e3',
    `minfds=${'x'.repeat(300)}`,
  ],
  ...['umask=0o_2', 'umask=0o', 'umask=-0o7', 'umask=2_2', 'logfile_maxbytes=1_0 KB', 'logfile_maxbytes=KB'],
];

const programLines = [
  ...['autorestart=maybe', 'autorestart=', 'priority=abc', 'startsecs=1.5', 'startsecs=', 'numprocs=2'],
  ...[
    'stdout_logfile_maxbytes=5XB',
    'stdout_logfile_maxbytes=5k',
    'stdout_logfile_maxbytes=1.5MB',
    'stopsignal=FOO',
  ],
  ...[
    'stopsignal=',
    'stopsignal=999',
    'exitcodes=a',
    'exitcodes=256',
    'exitcodes=-1',
    'exitcodes=0,',
    'exitcodes=',
  ],
  ...['user=nosuch', 'user=99999', 'user=', 'user=%(process_num)d', 'umask=9', 'umask=', 'environment=A'],
  ...[
    'environment=A=1,B',
    'environment=A="1',
    'environment=A="%(foo)s"',
    'environment=FOO="a",G="%(ENV_G)s"',
  ],
  ...[
    'stopasgroup=true\nkillasgroup=false',
    'stopasgroup=true',
    'killasgroup=true',
    'stdout_logfile=logs/x.log',
  ],
  ...['stdout_logfile=/tmp/%(foo)s', 'stdout_logfile=/tmp/%%(foo)s', 'command=/bin/echo %(foo)s', 'command='],
  ...[
    'command=/bin/echo %',
    'command=/bin/date +%Y',
    'command=/bin/date %(process_num)z',
    'process_name=%(foo)s',
  ],
  ...['process_name=x%(process_num)\nnumprocs=2', 'process_name=a/b', 'process_name=', 'process_name= pad '],
  ...[
    'priority=%(process_num)d',
    'stdout_logfile=syslog',
    'stdout_logfile_maxbytes=0',
    'redirect_stderr=true',
  ],
  ...['redirect_stderr=true\nstderr_logfile=/tmp/x', 'redirect_stderr=true\nstderr_logfile=', 'numprocs=0'],
  ...['serverurl=', 'serverurl=Auto', 'serverurl=%%', 'stopsignal=SIGSIGTERM', 'stopsignal=SIG'],
  ...[
    'command=%(',
    'command=%()s',
    'command=%(a(b))s',
    'command=%(program_name)',
    'command=%(program_name)%',
  ],
  ...['command=%5%', 'command=%.s', 'command=%(process_num).3d', 'command=%(process_num) d', 'command=%ld'],
  ...[
    'command=%(process_num)#o',
    'command=%(process_num)#X',
    'command=%(process_num)05d',
    'command=%(numprocs)c',
  ],
  ...[
    'command=%(numprocs).2e',
    'command=%(numprocs)G',
    'command=%(numprocs).0f',
    'command=%(numprocs)010.3f',
  ],
  ...[
    'command=%(numprocs)hd%(numprocs)Ld',
    'command=%(numprocs)lld',
    'command=%s',
    'command=%r %a',
    'command=%(here)s %s',
    'command=%s %(here)s',
    'command=%s%%%s',
    'command=%s %Y',
    'command=%(here)s %*d',
    'command=%c',
  ],
  ...[
    'command=%x',
    'command=%f',
    'command=%*d',
    'command=%.*f',
    'command=%(here)5.',
    'command=%(here)\u00e9',
  ],
  ...['command=%(program_name)\ud7ff', 'command=%\u{1f600}', 'command=%(x)%(here)s', "command=%(it's)s"],
  ...['environment=A=a#b\n c,B=1', 'environment=A="1\n  2"', 'environment=A=1\n  B=2', 'environment=A=$HOME'],
  ...[
    'environment=A=é',
    'environment=é=1',
    'environment=A="a\\"b"',
    'environment=A=a"b c"',
    'environment=A=a\\b',
  ],
];

export const edgeCases: readonly EdgeCase[] = [
  ...comments.map(asValue),
  ...continuations.map(asValue),
  ...texts.map(whole),
  ...daemonLines.map(inDaemon),
  ...programLines.map(inProgram),
  ...encodings(),
  ...includes(),
  ...commandLines(),
  ...samples(),
];

function encodings(): EdgeCase[] {
  const flaws: readonly (readonly number[])[] = [
    [0xff],
    [0xc3],
    [0xc3, 0x28],
    [0xe2, 0x82],
    [0xe2, 0x28, 0xa1],
    [0xed, 0xa0, 0x80],
    [0xed, 0xa0],
    [0xf0, 0x9f, 0x98],
    [0xf4, 0x90, 0x80, 0x80],
    [0xc0, 0x80],
    [0x80],
  ];
  const places = [0, 8150, 8160, 8161, 8162, 8163, 8164, 8165, 20_000];
  return flaws.flatMap((flaw) =>
    places.flatMap((place) => {
      const before = Buffer.from(`[supervisord]\nidentifier=x${'é'.repeat(place / 2)}`);
      return [Buffer.from('\n'), Buffer.alloc(0)].map((after) => ({
        name: `bytes ${Buffer.from(flaw).toString('hex')} at ${place}${after.length > 0 ? '' : ', the last'}`,
        text: Buffer.concat([before, Buffer.from(flaw), after]),
      }));
    }),
  );
}

function includes(): EdgeCase[] {
  const main = (files: string, rest = '') => `${daemon}[include]\nfiles=${files}\n${rest}`;
  const x = '[program:x]\ncommand=%(here)s\n';
  return [
    { name: 'include one', text: main('a.ini'), files: { 'a.ini': x } },
    { name: 'include twice', text: main('a.ini *.ini'), files: { 'a.ini': x } },
    {
      name: 'include in order of code points',
      text: main('*.ini'),
      files: { 'b.ini': x, 'B.ini': x, 'é.ini': x, '𝒳.ini': x, '\ufb01.ini': x },
    },
    { name: 'include from below', text: main('sub/../sub/*.ini'), files: { 'sub/a.ini': x } },
    {
      name: 'include by many wildcards',
      text: main('*/?.ini [!a]*.ini [a-c].ini [z-a].ini [[]x.ini [].ini'),
      files: { 'sub/a.ini': x, 'b.ini': x, '[x.ini': x },
    },
    {
      name: 'include by names with hyphens',
      text: main('my-*.ini [a-]x-?.ini'),
      files: { 'my-a.ini': x, '-x-b.ini': x, 'my.ini': x },
    },
    { name: 'include two stars', text: main('**/*.ini **'), files: { 'sub/a.ini': x, 'b.ini': x } },
    { name: 'include hidden', text: main('*.ini .*.ini'), files: { '.h.ini': x, 'b.ini': '' } },
    { name: 'include a directory', text: main('sub sub/ s*') },
    { name: 'include itself', text: main('main.conf') },
    {
      name: 'include that includes',
      text: main('a.ini'),
      files: { 'a.ini': '[include]\nfiles=b.ini\n', 'b.ini': x },
    },
    { name: 'include without header', text: main('a.ini'), files: { 'a.ini': 'x=1\n' } },
    { name: 'include with bare key', text: main('a.ini'), files: { 'a.ini': '[x]\nbare\n' } },
    {
      name: 'include not UTF-8',
      text: main('a.ini'),
      files: { 'a.ini': new Uint8Array([0x5b, 0x78, 0x5d, 0xff]) },
    },
    { name: 'include without command', text: main('a.ini'), files: { 'a.ini': '[program:y]\n' } },
    {
      name: 'include that extends',
      text: main('a.ini', x),
      files: { 'a.ini': '[program:x]\nautostart=zzz\n' },
    },
    {
      name: 'include that overrides',
      text: main('a.ini', x),
      files: { 'a.ini': '[supervisord]\nidentifier=%(here)s\n[program:x]\ncommand=z\n' },
    },
    { name: 'include with the daemon', text: '[include]\nfiles=a.ini\n', files: { 'a.ini': daemon } },
    {
      name: 'include with defaults',
      text: main('a.ini', x),
      files: { 'a.ini': '[DEFAULT]\nautostart=no\ndirectory=%(here)s\n' },
    },
    {
      name: 'include by directory name',
      text: main('%(here)s/sub/%(ENV_TWO)s.ini'),
      files: { 'sub/2.ini': x },
    },
    {
      name: 'include below here',
      text: main('sub/*.ini', '[program:m]\ncommand=%(here)s\n'),
      files: { 'sub/a.ini': x },
    },
  ];
}

function commandLines(): EdgeCase[] {
  const text = `${daemon}logfile=/tmp/file.log\nuser=daemon\nminfds=5\nnodaemon=false\nidentifier=file\n`;
  const lines = [
    '-n -s -k -t',
    '-nskt',
    '-l x.log -y 5MB -z 3 -e DEBUG -j y.pid -i name -q /tmp -a 77 --minprocs 9 -m 27 -d /tmp -u root',
    '--nodaemon --silent --nocleanup --strip_ansi --logfile=syslog --user 0',
    '--noda --sil --logfile_m 5 --ide=x',
    '-x',
    '--foo',
    '--foo=1',
    '-e',
    '--loglevel',
    '--nodaemon=1',
    '--no',
    '--logfi',
    '-n -n',
    '-n --nodaemon',
    '-e info -e info',
    '-c x',
    'foo bar',
    "it's",
    '-- -n',
    '-',
    '-m 999',
    '-m -7',
    '-d /nonexistent',
    '-q /nonexistent',
    '-l /nonexistent/f',
    '-j /nonexistent/f',
    '-y 1.5mb',
    '-z x',
    '-a x',
    '--minprocs x',
    '--minprocs=',
    '-e foo',
    '-efoo',
    '-u nosuch',
    '-u 99999',
    '--profile_options=x',
    '-n=1',
    '-é',
    '--loglevel=foo -x',
    '-e foo positional',
    'positional -e foo',
  ];
  return [
    ...lines.map((line) => ({ name: `supervisord ${line}`, text, args: line.split(' ') })),
    { name: 'supervisord -u ""', text, args: ['-u', ''] },
    { name: 'supervisord -d ""', text, args: ['-d', ''] },
    { name: 'a bad file and a good command line', text: `${daemon}umask=x\n`, args: ['-m', '22'] },
  ];
}

/** The original ignores what it does not know; the rest must mean to it what it means to us. */
function samples(): EdgeCase[] {
  const sample = sampleConfig({ language: 'en', minimal: false, paths: samplePaths.original });
  // Its examples depend on these.
  const named = ['db', 'migrate'].map((name) => `[program:${name}]\ncommand=/bin/cat\n`).join('');
  return [
    { name: 'our sample', text: sample },
    {
      name: 'our sample in Chinese',
      text: sampleConfig({ language: 'zh', minimal: false, paths: samplePaths.user }),
    },
    {
      name: 'our minimal sample',
      text: sampleConfig({ language: 'en', minimal: true, paths: samplePaths.root }),
    },
    { name: 'our sample, all uncommented', text: sample.replace(/^;(?=[\w[])/gm, '') + named },
  ];
}
