// The options of the plugin supervisord-dependent-startup.
import { describe, expect, test } from 'bun:test';
import type { ProcessConfig } from '../../../src/config/config.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { processOptions } from '../../../src/config/option-texts.ts';
import { dependencyList } from '../../../src/config/values/dependencies.ts';
import { memoryHost } from './memory-host.ts';

function program(options: string): ProcessConfig {
  const others = ['a', 'b', 'c'].map((name) => `[program:${name}]\ncommand=c\n`).join('');
  const host = memoryHost({ '/s.conf': `[supervisord]\n${others}[program:x]\ncommand=c\n${options}` });
  const { groups } = loadConfig({ path: '/s.conf', overrides: {}, host });
  const process = groups.find(({ name }) => name === 'x')?.processes[0];
  if (!process) throw new Error('no program x');
  return process;
}

function dependsOn(options: string): string {
  return dependencyList.format(program(options).extensions.dependsOn);
}

describe('dependent_startup_wait_for', () => {
  test.each([
    ['a', 'a=ready'],
    ['a:running', 'a=ready'],
    ['a:RUNNING b:exited', 'a=ready, b=ended'],
    ['a:starting\tb:exited,fatal', 'a=started, b=ended'],
    ['a:fatal,exited', 'a=ended'],
    ['', ''],
  ])('written as %j means depends_on = %s', (text, expected) => {
    expect(dependsOn(`dependent_startup_wait_for=${text}\n`)).toBe(expected);
  });

  test('adds to depends_on', () => {
    expect(dependsOn('dependent_startup_wait_for=a:exited\ndepends_on=b, c=started\n')).toBe(
      'b, c=started, a=ended',
    );
  });

  test.each([
    ['a:stopped', "not states to wait for: 'stopped' (running, starting, exited or exited,fatal)"],
    ['a:fatal', "not states to wait for: 'fatal' (running, starting, exited or exited,fatal)"],
    [
      'a:running,exited',
      "not states to wait for: 'running,exited' (running, starting, exited or exited,fatal)",
    ],
    ['a:b:running', "not a program and its states: 'a:b:running'"],
    [':running', "not a program and its states: ':running'"],
    ['a,b', "not a program and its states: 'a,b'"],
  ])('cannot be %j', (text, message) => {
    expect(() => program(`dependent_startup_wait_for=${text}\n`)).toThrow(message);
  });

  test('is shown as it is written', () => {
    const text = 'a:running b:exited c:starting';
    const shown = processOptions(program(`dependent_startup_wait_for=${text}\n`));
    expect(shown.get('dependent_startup_wait_for')).toBe(text);
  });
});

describe('dependent_startup', () => {
  test.each([
    ['autostart=false\ndependent_startup=true\n', true],
    ['autostart=false\ndependent_startup=false\n', false],
    ['autostart=false\n', false],
    ['dependent_startup=false\n', true],
  ])('makes a program with %j start: %p', (options, autostart) => {
    expect(program(options).autostart).toBe(autostart);
  });
});
