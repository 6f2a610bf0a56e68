// reread, update, add, remove, avail: the configuration changes under running daemons.
import { afterAll, beforeAll, describe } from 'bun:test';
import { writeFileSync } from 'node:fs';
import type { Daemon } from '../../support/daemon.ts';
import { originalPair, otherPairs, Stage, steps, testSteps } from './stage.ts';

function program(name: string, more = ''): string {
  return `[program:${name}]\ncommand=/bin/sleep 1000\nstartsecs=0\n${more}\n`;
}

const before = [
  program('stays'),
  program('goes'),
  program('changes', 'priority=5'),
  program('one', 'autostart=false'),
  program('two', 'priority=7'),
  '[group:pair]\nprograms=one,two\n',
].join('');

const after = [
  program('stays'),
  program('comes'),
  program('comes-later', 'autostart=false'),
  program('changes', 'priority=6'),
  program('one', 'autostart=false'),
  program('two', 'priority=8'),
  '[group:pair]\nprograms=one,two\n',
].join('');

function rewrite(text: string): (daemon: Daemon) => void {
  return (daemon) => writeFileSync(daemon.path('programs.conf'), text);
}

let stage: Stage;

beforeAll(async () => {
  const config = '[include]\nfiles=%(here)s/programs.conf\n';
  stage = await Stage.set({ config, files: { 'programs.conf': before } }, [originalPair, ...otherPairs]);
});
afterAll(() => stage.strike());

describe('a configuration that did not change', () => {
  testSteps(
    () => stage,
    steps([
      'reread',
      'update',
      'update all',
      'update nosuch',
      'update stays nosuch',
      'update all nosuch',
      'avail',
    ]),
  );
});

describe('groups by hand', () => {
  testSteps(
    () => stage,
    steps([
      'add',
      'remove',
      'add stays',
      'add nosuch',
      'add nosuch stays',
      'remove stays',
      'remove nosuch',
      'remove nosuch stays',
      'stop goes',
      'remove goes goes',
      'avail',
      'status goes',
      'update',
      'status goes',
      'add goes',
      'stop goes',
      'remove goes',
      'add goes pair:two',
      'status goes pair:*',
    ]),
  );
});

describe('a configuration that cannot be read', () => {
  testSteps(
    () => stage,
    [
      { args: ['reread'], before: rewrite(`${before}${program('broken', 'autostart=maybe')}`) },
      ...steps(['update', 'update stays nosuch', 'avail', 'status stays']),
      { args: ['reread'], before: rewrite(`${before}no header's line\n`) },
      { args: ['reread'], before: rewrite(`${before}[program:quoted]\ncommand=x\nuser=no'body"\n`) },
      ...steps(['update']),
    ],
  );
});

describe('a configuration that changed', () => {
  testSteps(
    () => stage,
    [
      { args: ['reread'], before: rewrite(after) },
      ...steps(['reread', 'avail', 'update comes nosuch', 'update pair', 'status', 'reread']),
      ...steps(['update']),
      ...steps(['status', 'reread', 'update', 'avail']),
    ],
  );
});

describe('arguments that are not taken', () => {
  testSteps(() => stage, steps(['reread x', 'avail x'], { help: true }));
});
