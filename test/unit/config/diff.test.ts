import { describe, expect, test } from 'bun:test';
import type { GroupConfig } from '../../../src/config/config.ts';
import { diffGroups, type GroupDifference } from '../../../src/config/diff.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { memoryHost } from './memory-host.ts';

function groups(sections: string): readonly GroupConfig[] {
  const host = memoryHost({ '/etc/s.conf': `[supervisord]\n${sections}` });
  return loadConfig({ path: '/etc/s.conf', overrides: {}, host }).groups;
}

function difference(before: string, after: string): GroupDifference {
  return diffGroups(groups(before), groups(after));
}

const x = '[program:x]\ncommand=c\n';
const listener = '[eventlistener:x]\ncommand=c\nevents=TICK_5,TICK_60\n';
const fastCgi = '[fcgi-program:x]\ncommand=c\nsocket=unix:///x\n';
const none = { added: [], changed: [], removed: [] };

describe('a group', () => {
  test('is added and removed by its name, in the order of its configuration', () => {
    expect(
      difference(
        `${x}[program:b]\ncommand=c\n[program:a]\ncommand=c\n`,
        '[program:z]\ncommand=c\npriority=1\n[program:y]\ncommand=c\n',
      ),
    ).toEqual({
      added: ['z', 'y'],
      changed: [],
      removed: ['a', 'b', 'x'],
    });
  });

  test.each([
    ['command', x, '[program:x]\ncommand=d\n'],
    ['priority', x, `${x}priority=5\n`],
    ['number of processes', x, `${x}numprocs=2\nprocess_name=%(process_num)d\n`],
    ['environment', `${x}environment=A=1\n`, `${x}environment=A=2\n`],
    ['user', x, `${x}user=web\n`],
    ['log that has no name', `${x}stdout_logfile=\n`, `${x}stdout_logfile=NONE\n`],
    ['URL that has no text', `${x}serverurl=\n`, `${x}serverurl=AUTO\n`],
    ['memory limit', x, `${x}max_memory=200MB\n`],
    ['log file, from an automatic one', x, `${x}stdout_logfile=/tmp/x\n`],
    ['order of exit codes', `${x}exitcodes=0,2\n`, `${x}exitcodes=2,0\n`],
    ['kind', x, listener],
    ['buffer size', listener, `${listener}buffer_size=11\n`],
    ['events', listener, listener.replace('TICK_60', 'TICK_3600')],
    ['socket', fastCgi, fastCgi.replace('/x', '/y')],
  ])('has changed with its %s', (_, before, after) => {
    expect(difference(before, after)).toEqual({ added: [], changed: ['x'], removed: [] });
  });

  test.each([
    ['itself', x, x],
    ['an automatic log file', `${x}stdout_logfile=/tmp/x\n`, x],
    ['the order of its environment', `${x}environment=A=1,B=2\n`, `${x}environment=B=2,A=1\n`],
    ['the order of its events', listener, listener.replace('TICK_5,TICK_60', 'TICK_60,TICK_5')],
    ['the mode of its socket', fastCgi, `${fastCgi}socket_mode=0777\n`],
    [
      'a log file that is not used',
      `${x}redirect_stderr=true\n`,
      `${x}redirect_stderr=true\nstderr_logfile=/tmp/y\n`,
    ],
  ])('has not changed with %s', (_, before, after) => {
    expect(difference(before, after)).toEqual(none);
  });

  test('has changed with the order of its programs', () => {
    const programs = '[program:a]\ncommand=c\n[program:b]\ncommand=c\n';
    expect(
      difference(`${programs}[group:g]\nprograms=a,b\n`, `${programs}[group:g]\nprograms=b,a\n`).changed,
    ).toEqual(['g']);
  });
});
