import { describe, expect, test } from 'bun:test';
import { checkConfig } from '../../../src/config/check.ts';
import { memoryHost } from './memory-host.ts';

function errors(options: string, language: 'en' | 'zh' = 'en'): string[] {
  const host = memoryHost({ '/s.conf': `[supervisord]\n[program:x]\ncommand=c\n${options}\n` });
  return checkConfig({ path: '/s.conf', overrides: {}, host })
    .mistakes.filter(({ severity }) => severity === 'error')
    .map(
      ({ position, key, text, message, remedy }) =>
        `${position?.line} ${key}=${text}: ${message[language]} | ${remedy?.[language]}`,
    );
}

describe('a watchdog', () => {
  test.each(['', 'ready=tcp://127.0.0.1:1\n'])('needs ready=notify (%j)', (ready) => {
    const line = ready === '' ? 4 : 5;
    expect(errors(`${ready}watchdog=30s`)).toEqual([
      `${line} watchdog=30s: watchdog needs ready=notify: WATCHDOG=1 comes over the same socket as READY=1` +
        ' | watchdog together with ready=notify',
    ]);
  });

  test.each(['30s', '100ms'])('of %s is good with it', (interval) => {
    expect(errors(`ready=notify\nwatchdog=${interval}`)).toEqual([]);
  });

  test('of less than 100 ms would keep the daemon busy', () => {
    expect(errors('ready=notify\nwatchdog=99ms')).toEqual([
      '5 watchdog=99ms: 99ms is not a duration from 100ms to 366d' +
        ' | a duration of at least 100ms: seconds, or a number with ms, s, m, h or d, such as 500ms or 2m',
    ]);
  });
});

describe('an interval', () => {
  test('must be shorter than the timeout if the check is repeated', () => {
    expect(errors('ready=tcp://127.0.0.1:1\nready_timeout=5s\nready_interval=10s')).toEqual([
      '6 ready_interval=10s: ready_interval (10s) is longer than ready_timeout (5s), so there is one attempt only' +
        ' | a ready_interval below ready_timeout',
    ]);
  });

  test('has its error at the timeout if it is not set itself', () => {
    expect(errors('ready=exec:true\nready_timeout=100ms', 'zh')).toEqual([
      '5 ready_timeout=100ms: ready_interval（500ms）大于 ready_timeout（100ms），因此只会尝试一次' +
        ' | 小于 ready_timeout 的 ready_interval',
    ]);
  });

  test.each(['ready=notify', 'ready=fd:3', 'ready=log:up', ''])('does not matter with %s', (ready) => {
    expect(errors(`${ready}\nready_timeout=5s\nready_interval=10s`)).toEqual([]);
  });
});

describe('a descriptor', () => {
  test.each(['2', '1024', '03x', '-3', ''])('cannot be %j', (number) => {
    const [error = '', ...more] = errors(`ready=fd:${number}`);
    expect(more).toEqual([]);
    const said = number === '' ? 'the descriptor is missing' : `${number} is not a descriptor from 3 to 1023`;
    expect(error).toStartWith(`4 ready=fd:${number}: ${said} | `);
  });

  test.each(['3', '1023'])('can be %s', (number) => {
    expect(errors(`ready=fd:${number}`)).toEqual([]);
  });
});

describe('what was probably meant', () => {
  test.each([
    ['notifiy', 'notify'],
    ['Notfy', 'notify'],
    ['tpc', 'tcp://HOST:PORT'],
    ['tcp:127.0.0.1:80', 'tcp://127.0.0.1:80'],
    ['tcp:/127.0.0.1:80', 'tcp://127.0.0.1:80'],
    ['TCP://127.0.0.1:80', 'tcp://127.0.0.1:80'],
    ['127.0.0.1:80', 'tcp://127.0.0.1:80'],
    ['db:80', 'tcp://db:80'],
    ['unix:/run/s.sock', 'unix:///run/s.sock'],
    ['unix://run/s.sock', 'unix:///run/s.sock'],
    ['http:/localhost/', 'http://localhost/'],
    ['http:localhost', 'http://localhost'],
    ['exce:/bin/true', 'exec:/bin/true'],
  ])('by ready=%s', (value, meant) => {
    expect(errors(`ready=${value}`)).toEqual([
      `4 ready=${value}: ${value} does not say how the program is ready | did you mean ${meant}?`,
    ]);
    expect(errors(`ready=${value}`, 'zh')).toEqual([
      `4 ready=${value}: ${value} 不是确认就绪的方式 | 是不是想写 ${meant}？`,
    ]);
  });

  test.each([
    ['tcp://127.0.0.1', 'the port is missing', '缺少端口', 'tcp://HOST:PORT'],
    ['tcp://[::1]', 'the port is missing', '缺少端口', 'tcp://HOST:PORT'],
    ['tcp', 'the host is missing', '缺少主机', 'tcp://HOST:PORT'],
    ['tcp://db:0', '0 is not a port from 1 to 65535', '0 不是 1 到 65535 之间的端口', 'tcp://HOST:PORT'],
    ['tcp://*:80', '* is not a host', '* 不是有效的主机', 'tcp://HOST:PORT'],
    ['unix://', 'the path of the socket is missing', '缺少套接字路径', 'unix:///PATH'],
    ['exec:', 'the command is missing', '缺少命令', 'exec:COMMAND'],
    ['log:', 'the regular expression is missing', '缺少正则表达式', 'log:EXPRESSION'],
  ])('or what ready=%s lacks', (value, en, zh, form) => {
    expect(errors(`ready=${value}`)).toEqual([`4 ready=${value}: ${en} | ${form}`]);
    expect(errors(`ready=${value}`, 'zh')).toEqual([`4 ready=${value}: ${zh} | ${form}`]);
  });

  test('cannot be told of any value', () => {
    expect(errors('ready=ftp://x/')).toEqual([
      expect.stringContaining('ftp://x/ does not say how the program is ready | notify, fd:NUMBER'),
    ]);
    expect(errors('ready=')).toEqual([expect.stringContaining('ready has no value | notify, fd:NUMBER')]);
  });
});

test.each([
  ['ready_interval=0', '0 is not a duration from 1ms to 366d', '0 不是 1ms 到 366d 之间的时长'],
  [
    'depends_timeout=5 minutes',
    '5 minutes is not a duration from 1ms to 366d',
    '5 minutes 不是 1ms 到 366d 之间的时长',
  ],
  ['depends_timeout=', 'depends_timeout has no value', 'depends_timeout 没有值'],
  ['ready=fd:1', '1 is not a descriptor from 3 to 1023', '1 不是 3 到 1023 之间的描述符编号'],
  [
    `ready=unix:///${'x'.repeat(107)}`,
    'the path of the socket is longer than 107 bytes',
    '套接字路径超过 107 字节',
  ],
  ["ready=exec:/bin/sh -c 'exit 0", 'a quote is not closed', '引号没有成对'],
  ['ready=exec:/bin/test \\', 'nothing follows the last backslash', '最后的反斜杠之后没有字符'],
  ['ready=exec:"" -q', 'the command names no program', '命令中没有程序'],
])('%s is told in both languages', (option, en, zh) => {
  const said = (language: 'en' | 'zh') =>
    errors(option, language).map((line) => line.slice(`4 ${option}: `.length).split(' | ')[0]);
  expect([said('en'), said('zh')]).toEqual([[en], [zh]]);
});
