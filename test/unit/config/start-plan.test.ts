import { describe, expect, test } from 'bun:test';
import { checkConfig } from '../../../src/config/check.ts';
import { Dependencies, type Dependent } from '../../../src/config/dependencies.ts';
import { StartPlan } from '../../../src/config/start-plan.ts';
import { memoryHost } from './memory-host.ts';

function plan(sections: string): StartPlan<Dependent> {
  const host = memoryHost({ '/s.conf': `[supervisord]\n${sections}` });
  const { config } = checkConfig({ path: '/s.conf', overrides: {}, host });
  const processes = (config?.groups ?? []).flatMap(({ name, processes: configs }) =>
    configs.map((process) => ({ group: name, config: process })),
  );
  return new StartPlan(processes, new Dependencies(processes));
}

function program(name: string, ...options: string[]): string {
  return [`[program:${name}]`, 'command=c', ...options, ''].join('\n');
}

/** Each unit as `LANE NAMES after UNIT`. */
function units(sections: string): string[] {
  return plan(sections).units.map(({ lane, members, after }) => {
    const names = members.map(({ config }) => config.name).join('+');
    return `${lane} ${names}${after === null ? '' : ` after ${after.program}`}`;
  });
}

const numbered = ['numprocs=3', 'process_name=%(program_name)s%(process_num)d'];

describe('a plan of the start', () => {
  test('has programs without dependencies in the first lane, in their order', () => {
    expect(units(program('b') + program('a') + program('c', 'priority=1'))).toEqual(['0 c', '0 a', '0 b']);
  });

  test('has a program one lane after the last that it depends on', () => {
    const text =
      program('nginx', 'depends_on=cache, api') +
      program('api', 'depends_on=db, migrate') +
      program('migrate', 'depends_on=db') +
      program('db') +
      program('cache');
    expect(units(text)).toEqual([
      '0 db',
      '1 migrate after db',
      '2 api after migrate',
      '0 cache',
      '3 nginx after api',
    ]);
  });

  test('shows processes that are configured alike as one', () => {
    const text = program('web', ...numbered, 'depends_on=db') + program('db', ...numbered);
    expect(units(text)).toEqual(['0 db0+db1+db2', '1 web0+web1+web2 after db']);
    expect(plan(text).units.every(({ isWhole }) => isWhole)).toBe(true);
  });

  test('shows processes of a program that depend on different ones apart', () => {
    const text = program('web', ...numbered, 'depends_on=db:db%(process_num)d') + program('db', ...numbered);
    expect(units(text)).toEqual(['0 db0+db1+db2', '1 web0 after db', '1 web1 after db', '1 web2 after db']);
    expect(plan(text).units.map(({ isWhole }) => isWhole)).toEqual([true, false, false, false]);
  });

  test('has no cycle where programs seem to form one and their processes do not', () => {
    const pair = (name: string, first: string, need: string): string =>
      program(
        name,
        'numprocs=2',
        'numprocs_start=1',
        `process_name=${first}%(process_num)d`,
        `depends_on=${need}`,
      );
    const text = pair('a', 'a1', 'b:b%(process_num)d1') + pair('b', 'b2', 'a:a1%(process_num)d');
    expect(units(text)).toEqual(['0 a11', '1 b21 after a', '2 a12 after b', '3 b22 after a']);
  });

  test('has a program that only stops or restarts with another in the first lane', () => {
    expect(units(program('a', 'stop_with=b') + program('b', 'restart_with=c') + program('c'))).toEqual([
      '0 a',
      '0 b',
      '0 c',
    ]);
  });
});
