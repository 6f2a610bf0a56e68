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

  test('is good with it', () => {
    expect(errors('ready=notify\nwatchdog=30s')).toEqual([]);
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
    expect(error).toStartWith(`4 ready=fd:${number}: not a descriptor from 3 to 1023: '${number}' | `);
  });

  test.each(['3', '1023'])('can be %s', (number) => {
    expect(errors(`ready=fd:${number}`)).toEqual([]);
  });
});
