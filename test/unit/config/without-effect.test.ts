// What check warns of because it has no effect, or hardly ever.
import { describe, expect, test } from 'bun:test';
import { checkConfig } from '../../../src/config/check.ts';
import { memoryHost } from './memory-host.ts';

const file = '/etc/s.conf';

function program(name: string, ...options: string[]): string {
  return [`[program:${name}]`, 'command=/bin/cat', ...options, ''].join('\n');
}

/** `LINE KEY TEXT: MESSAGE | REMEDY`; there are no errors. */
function warnings(sections: string, language: 'en' | 'zh' = 'en'): string[] {
  const host = memoryHost({ [file]: `[supervisord]\n${sections}`, '/bin/cat': '' });
  const { mistakes } = checkConfig({ path: file, overrides: {}, host });
  expect(mistakes.filter(({ severity }) => severity === 'error')).toEqual([]);
  return mistakes.map(
    ({ position, key, text, message, remedy }) =>
      `${position?.line} ${key} ${text}: ${message[language]} | ${remedy?.[language]}`,
  );
}

describe('an option for readiness', () => {
  test.each(['ready_timeout', 'ready_interval'])('%s has no effect without ready', (key) => {
    expect(warnings(program('web', `${key}=2s`))).toEqual([
      `4 ${key} null: ${key} has no effect without ready | ready, or no ${key}`,
    ]);
    expect(warnings(program('web', `${key}=2s`), 'zh')).toEqual([
      `4 ${key} null: 未设置 ready，${key} 不起作用 | 设置 ready，或删去 ${key}`,
    ]);
  });

  test.each(['notify', 'fd:3', 'log:up'])('ready_interval has no effect with ready=%s', (ready) => {
    const kind = ready.split(':')[0];
    expect(warnings(program('web', `ready=${ready}`, 'ready_timeout=5s', 'ready_interval=1s'))).toEqual([
      `6 ready_interval null: ready_interval has no effect with ready=${kind}, which has no repeated attempts` +
        ' | ready_timeout if the wait is meant, or no ready_interval',
    ]);
  });

  test('has an effect with ready=tcp', () => {
    const options = ['ready=tcp://127.0.0.1:1', 'ready_timeout=5s', 'ready_interval=1s'];
    expect(warnings(program('web', ...options))).toEqual([]);
  });

  test('may be a default of all programs', () => {
    expect(warnings(`[DEFAULT]\nready_timeout=5s\n${program('web')}`)).toEqual([]);
  });
});

describe('depends_timeout', () => {
  test('has no effect without depends_on', () => {
    expect(warnings(program('web', 'depends_timeout=2s'))).toEqual([
      '4 depends_timeout null: depends_timeout has no effect without depends_on | depends_on, or no depends_timeout',
    ]);
  });

  test.each(['depends_on=db', 'dependent_startup_wait_for=db'])('has an effect with %s', (option) => {
    expect(warnings(program('web', option, 'depends_timeout=2s') + program('db'))).toEqual([]);
  });
});

describe('the condition ended', () => {
  const restarting = program('db', 'autorestart=true');
  const [en, zh] = [
    'db has autorestart=true, so it ends only when it cannot be started' +
      ' | oneshot=true or another autorestart for db, or another condition',
    'db 设置了 autorestart=true，只有无法启动时才算结束 | 为 db 设置 oneshot=true 或其他 autorestart，或改用其他条件',
  ];

  test('of a program that is always restarted is met only by failure', () => {
    const text = program('web', 'depends_on=x, db=ended') + program('x') + restarting;
    expect(warnings(text)).toEqual([`4 depends_on db=ended: ${en}`]);
    expect(warnings(text, 'zh')).toEqual([`4 depends_on db=ended: ${zh}`]);
  });

  test('is told of in the options of the plugin, too', () => {
    const text = program('web', 'dependent_startup_wait_for=db:exited') + restarting;
    expect(warnings(text)).toEqual([`4 dependent_startup_wait_for null: ${en}`]);
  });

  test.each(['autorestart=false', 'autorestart=unexpected', 'autorestart=true\noneshot=true'])(
    'is well with %j',
    (option) => {
      expect(warnings(program('web', 'depends_on=db=ended') + program('db', option))).toEqual([]);
    },
  );
});

test('a one-shot is healthy only while it runs', () => {
  const text =
    program('web', 'depends_on=migrate=healthy') +
    program('migrate', 'oneshot=true', 'http_check=http://127.0.0.1:1/');
  expect(warnings(text)).toEqual([
    '4 depends_on migrate=healthy: migrate is a one-shot, so it is healthy only while it runs | =completed or =started',
  ]);
  expect(warnings(text, 'zh')).toEqual([
    '4 depends_on migrate=healthy: migrate 是一次性任务，只在运行期间才算健康 | =completed 或 =started',
  ]);
});

describe('restart_with', () => {
  const oneshots = `${program('migrate', 'oneshot=true')}${program('seed', 'oneshot=true')}${program('db')}`;

  test('of a one-shot restarts only when a client runs it again', () => {
    expect(warnings(program('web', 'restart_with=db, migrate') + oneshots)).toEqual([
      '4 restart_with migrate: migrate is a one-shot, which starts again only on request | a program that keeps running',
    ]);
    expect(warnings(program('web', 'restart_with=migrate') + oneshots, 'zh')).toEqual([
      '4 restart_with migrate: migrate 是一次性任务，只有收到请求才会再次启动 | 持续运行的程序',
    ]);
  });

  test('of a group with other programs is well', () => {
    const group = '[group:all]\nprograms=migrate,db\n';
    expect(warnings(program('web', 'restart_with=all:*') + oneshots + group)).toEqual([]);
  });
});
