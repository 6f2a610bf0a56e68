import { describe, expect, test } from 'bun:test';
import { checkConfig } from '../../../src/config/check.ts';
import type { Diagnostic } from '../../../src/config/diagnostic.ts';
import { excerpt } from '../../../src/config/excerpt.ts';
import { memoryHost } from './memory-host.ts';

function check(text: string): readonly Diagnostic[] {
  return checkConfig({ path: '/s.conf', overrides: {}, host: memoryHost({ '/s.conf': text }) }).mistakes;
}

function brief(mistakes: readonly Diagnostic[]): string[] {
  return mistakes.map(
    ({ severity, position, key, remedy }) => `${severity} ${position?.line} ${key} ${remedy?.en}`,
  );
}

describe('checking a configuration', () => {
  test('finds nothing in a good one', () => {
    expect(check('[supervisord]\n[program:x]\ncommand=y\nautoRESTart=true\n')).toEqual([]);
  });

  test('tells all errors at once, each with its line and what would be right', () => {
    const text =
      '[supervisord]\nloglevel=loud\n[program:x]\ncommand=y\nnumprocs=x\n[inet_http_server]\nport=0\n';
    expect(brief(check(text))).toEqual([
      'error 2 loglevel one of critical, error, warn, info, debug, trace, blather',
      'error 5 numprocs a whole number, such as 10',
      'error 7 port a port, or host:port, such as 127.0.0.1:9001',
    ]);
  });

  test('tells an error of a program with many processes once', () => {
    const text = '[supervisord]\n[program:x]\ncommand=%(nope)s\nnumprocs=9\nprocess_name=%(process_num)d\n';
    expect(check(text)).toHaveLength(1);
  });

  test('tells every line that means nothing', () => {
    expect(check('[supervisord]\nbare\nmore\n').map(({ message }) => message.en)).toEqual([
      "neither a section nor an option: 'bare'",
      "neither a section nor an option: 'more'",
    ]);
  });

  test('asks whether another name was meant', () => {
    const text = '[supervisord]\n[program:x]\ncommand=y\nautorestat=true\n[programm:z]\nwhatever=1\n[mine]\n';
    expect(brief(check(text))).toEqual([
      'warning 4 autorestat did you mean autorestart?',
      'warning 5 null did you mean [program:z]?',
      'warning 7 null undefined',
    ]);
  });

  test('knows wide characters, names of others, and where an option belongs', () => {
    const text =
      '[supervisord]\n[program：z]\n[program]\n[program:x]\ncommand=y\nworkdir=/\nstdout_log=a\nlogfile=b\nstrip_ansi=1\n';
    expect(brief(check(text))).toEqual([
      'warning 2 null did you mean [program:z]?',
      'warning 3 null did you mean [program:NAME]?',
      'warning 6 workdir did you mean directory?',
      'warning 7 stdout_log did you mean stdout_logfile?',
      'warning 8 logfile did you mean stdout_logfile?',
      'warning 9 strip_ansi it belongs in [supervisord]',
    ]);
  });

  test('warns of an option that is given twice, also in two sections of one name', () => {
    const text = '[supervisord]\n[program:x]\ncommand=y\ncommand=z\n[program:x]\ncommand=w\n';
    expect(check(text).map(({ message, position }) => [message.en, position?.line])).toEqual([
      ['option command is set twice; the value at /s.conf:3 has no effect', 4],
      ['option command is set twice; the value at /s.conf:4 has no effect', 6],
    ]);
  });

  test('tells what is missing, and what would be right', () => {
    expect(brief(check('[supervisord]\n[program:x]\nnumprocs=2\n'))).toEqual([
      'error 2 process_name process_name = %(program_name)s_%(process_num)02d',
      'error 2 command command = a program and its arguments',
    ]);
  });

  test('tells in which line a file is no UTF-8, and of a byte order mark', () => {
    const gbk = Buffer.concat([Buffer.from('[supervisord]\n; '), Buffer.from([0xd6, 0xd0])]);
    const of = (content: Uint8Array) =>
      checkConfig({ path: '/s', overrides: {}, host: memoryHost({ '/s': content }) }).mistakes[0];
    expect(of(gbk)?.position?.line).toBe(2);
    expect(of(gbk)?.remedy?.en).toContain('iconv -f GBK');
    expect(of(Buffer.from('\ufeff[supervisord]\n'))?.remedy?.en).toContain('byte order mark');
  });

  test('does not miss sections in a file that could not be read to its end', () => {
    expect(check('nonsense\n[supervisord]\n').map(({ message }) => message.en.split('\n')[0])).toEqual([
      'File contains no section headers.',
    ]);
    expect(check('[program:x]\ncommand=/y\n').map(({ message }) => message.en)).toEqual([
      '.ini file does not include supervisord section',
    ]);
  });

  test('warns of an option that continues the one above it', () => {
    expect(brief(check('[supervisord]\nidentifier=x\n  minfds = 5\n'))).toEqual([
      'warning 2 identifier no spaces before an option',
    ]);
  });

  test('takes any key of a factory for its argument', () => {
    const factory = 'supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface';
    expect(check(`[supervisord]\n[rpcinterface:x]\n${factory}\nother=1\n`)).toEqual([]);
  });

  test('tells what the file itself spoils', () => {
    const { mistakes, config } = checkConfig({ path: '/none', overrides: {}, host: memoryHost({}) });
    expect(config).toBeNull();
    expect(mistakes.map(({ message }) => message.en)).toEqual(['could not find config file /none']);
  });
});

describe('a command', () => {
  for (const [command, told] of [
    ['/bin/sh -c "cd /srv && exec ./app > log 2>&1"', null],
    ["/bin/sh -c 'echo $HOME | wc'", null],
    ['/srv/app --greater=a>b --url=http://x/?a&b ~user', null],
    [String.raw`/bin/echo it\'s "a \" b"`, null],
    ['/bin/sh -c "echo', 'quote " is not closed'],
    ['cd /srv && ./app', 'cd is a shell command'],
    ['source venv/bin/activate', 'source is a shell command'],
    ['PORT=80 /srv/app', 'PORT=80 is taken for the program'],
    ['/srv/app > /tmp/log', '> is passed to the program as an argument'],
    ['/srv/app >>/tmp/log', '>>/tmp/log is passed to the program as an argument'],
    ['/srv/app 2>&1', '2>&1 is passed to the program as an argument'],
    ['/srv/app | tee log', '| is passed to the program as an argument'],
    ['/srv/app &', '& is passed to the program as an argument'],
    ['~/bin/app', '~/bin/app is not expanded'],
    ['/srv/app --home=$HOME', '$HOME is not expanded'],
    ['/srv/app “a b”', 'U+201C'],
    ['/bin/sleep　100', 'U+3000'],
  ] as const)
    test(`${command}: ${told ?? 'is well'}`, () => {
      const messages = check(`[supervisord]\n[program:x]\ncommand=${command}\n`).map(
        ({ message }) => message.en,
      );
      expect(messages[0] ?? null).toEqual(told === null ? null : expect.stringContaining(told));
    });
});

test.each([
  ['command=/srv/app &', '&', 'no & at the end'],
  ['command=/srv/a && /srv/b', '&&', "/bin/sh -c '…'"],
  ['command=/srv/a "x && y" && /srv/b', null, "/bin/sh -c '…'"],
  ['command=/srv/app\nready=exec:/srv/a && /srv/b', '&&', "/bin/sh -c '…'"],
])('%j has shell syntax at %j', (options, text, remedy) => {
  const found = check(`[supervisord]\n[program:x]\n${options}\n`).filter(({ message }) =>
    /shell/.test(message.en),
  );
  expect(found.map((each) => [each.text, each.remedy?.en])).toEqual([[text, remedy]]);
});

describe('the command of ready=exec', () => {
  const told = (command: string) =>
    check(`[supervisord]\n[program:x]\ncommand=/bin/cat\nready=exec:${command}\n`).map(
      ({ message }) => message.en,
    );

  test('is run without a shell, either', () => {
    expect(told('curl -f http://127.0.0.1/ | grep ok')).toEqual([
      '| is passed to the program as an argument: ready=exec is not run by a shell',
    ]);
    expect(told("/bin/sh -c 'curl -f http://127.0.0.1/ | grep ok'")).toEqual([]);
  });

  test('that cannot be split is one error', () => {
    expect(told("/bin/sh -c 'exit 0")).toEqual(['a quote is not closed']);
  });
});

describe('an excerpt', () => {
  test('underlines the value behind the delimiter', () => {
    expect(excerpt('a\nuser = user', 2, 'user')).toEqual(['user = user', '       ^^^^']);
  });

  test('underlines the line when there is no value in it', () => {
    expect(excerpt('  bare word', 1, null)).toEqual(['  bare word', '  ^^^^^^^^^']);
  });

  test('counts the columns of wide characters', () => {
    expect(excerpt('说明=值', 1, '值')).toEqual(['说明=值', '     ^^']);
  });

  test('is none for a line that is not there', () => {
    expect(excerpt('x', 5, null)).toBeNull();
  });
});

describe('the words for a mistake', () => {
  test.each([
    ['logfile_maxbytes=50m', '50m is not a size', '50m', 'did you mean 50MB?'],
    ['logfile_maxbytes=20M', '20M is not a size', '20M', 'did you mean 20MB?'],
    ['logfile_maxbytes=1 KiB', '1 KiB is not a size', '1 KiB', 'did you mean 1KB?'],
    ['logfile_maxbytes=2T', '2T is not a size', '2T', 'did you mean 2048GB?'],
    ['logfile_maxbytes=many', 'many is not a size', 'many', expect.stringContaining('such as 50MB')],
    ['minfds=10s', '10s is not a whole number', '10s', 'a whole number, such as 10'],
    ['loglevel=warning', 'unknown log level warning', 'warning', 'did you mean warn?'],
    ['loglevel=err', 'unknown log level err', 'err', 'did you mean error?'],
    ['identifier=100%', 'a literal percent sign is written %%, so % is invalid', '%', '%%'],
    ['identifier=%d', 'a literal percent sign is written %%, so %d is invalid', '%d', '%%d'],
    ['identifier=%%%d', 'a literal percent sign is written %%, so %d is invalid', '%d', '%%d'],
    ['identifier=%(here', '%(here is not a name', '%(here', '%(name)s'],
    ['identifier=%(nope)s', 'unknown name %(nope)s', '%(nope)', 'one of %(here)s, %(ENV_NAME)s'],
    ['environment=P=/x:$PATH', 'the value of P ends before "$"', 'P=/x:$PATH', 'quotes around it: P="…"'],
    ['identifier=%(ENV_NOPE)s', 'the environment has no variable NOPE', '%(ENV_NOPE)', expect.anything()],
  ])('%s', (line, message, text, remedy) => {
    expect(
      check(`[supervisord]\n${line}\n`).map((found) => [found.message.en, found.text, found.remedy?.en]),
    ).toEqual([[message, text, remedy]]);
  });

  test.each([
    ['TREM', 'did you mean TERM?'],
    ['SIGTREM', 'did you mean TERM?'],
    ['KIL', 'did you mean KILL?'],
    ['whatever', expect.stringContaining('a signal by name or number')],
  ])('stopsignal=%s', (signal, remedy) => {
    const [found] = check(`[supervisord]\n[program:x]\ncommand=/y\nstopsignal=${signal}\n`);
    expect([found?.message.en, found?.remedy?.en]).toEqual([`unknown signal ${signal}`, remedy]);
  });

  test.each([
    ['(a|b', '( without ), at character 1', '( 没有对应的 )（第 1 个字符处）'],
    ['(?=a)', 'lookahead is not supported, at character 1', '不支持前瞻断言（第 1 个字符处）'],
    ['(x{1000}){1000}', 'too large: fewer or smaller repetitions', '规模过大，请减少重复次数'],
  ])('ready=log:%s', (expression, en, zh) => {
    const [found, ...more] = check(`[supervisord]\n[program:x]\ncommand=/y\nready=log:${expression}\n`);
    expect(more).toEqual([]);
    expect(found?.message).toEqual({
      en: `unusable regular expression: ${en}`,
      zh: `正则表达式不可用：${zh}`,
    });
    expect([found?.position?.line, found?.text]).toEqual([4, `log:${expression}`]);
  });

  test('name each program of a group that is not there', () => {
    const text = '[supervisord]\n[group:g]\nprograms=x,y,z\n[program:y]\ncommand=/y\n';
    expect(check(text).map((found) => [found.message.en, found.text])).toEqual([
      ['there is no [program:x]', 'x'],
      ['there is no [program:z]', 'z'],
    ]);
  });

  test('are those of one mistake for an option that is missing because it is misspelt', () => {
    const text = '[supervisord]\n[program:x]\ncomand=/y\n';
    expect(brief(check(text))).toEqual(['error 3 command did you mean command?']);
  });

  test('leave out what the place says already', () => {
    const [found] = check("[supervisord]\n[program:it's]\ncommand=/y\nautostart=maybe\n");
    expect(found?.message.en).toBe("not a valid boolean value: 'maybe'");
    expect(found?.original).toEndWith(` in section "program:it's" (file: '/s.conf')`);
  });

  test('come in the order of the files and their lines, whatever they are', () => {
    const host = memoryHost({
      '/s.conf':
        '[program:x]\ncomand=/y\ncommand=z >x\n[supervisord]\nloglevel=loud\n[include]\nfiles=/a.conf\n',
      '/a.conf': '[program:a]\nautostart=maybe\ncommand=/y\n',
    });
    const { mistakes } = checkConfig({ path: '/s.conf', overrides: {}, host });
    expect(mistakes.map(({ position }) => `${position?.file}:${position?.line}`)).toEqual([
      '/s.conf:2',
      '/s.conf:3',
      '/s.conf:5',
      '/a.conf:2',
    ]);
  });
});
