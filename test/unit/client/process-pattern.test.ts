import { describe, expect, test } from 'bun:test';
import { nameSpecsOf, parseNameSpec } from '../../../src/client/name-spec.ts';
import { processName } from '../../../src/client/process-info.ts';
import { selectByPatterns } from '../../../src/client/process-pattern.ts';
import { processInfo } from './process-info.ts';

const all = [
  processInfo({ group: 'cat', name: 'cat' }),
  processInfo({ group: 'redis', name: 'redis-01' }),
  processInfo({ group: 'redis', name: 'redis-02' }),
  processInfo({ group: 'web', name: 'back' }),
  processInfo({ group: 'web', name: 'front' }),
];

function select(...patterns: string[]) {
  const { processes, unmatched } = selectByPatterns(patterns, all);
  return { processes: processes.map(processName), unmatched };
}

describe('a name', () => {
  test.each([
    ['a', { kind: 'process', group: 'a', name: 'a' }],
    ['g:a', { kind: 'process', group: 'g', name: 'a' }],
    ['g:a:b', { kind: 'process', group: 'g', name: 'a:b' }],
    ['g:*', { kind: 'group', group: 'g' }],
    ['g:', { kind: 'group', group: 'g' }],
    [':', { kind: 'group', group: '' }],
    ['*', { kind: 'process', group: '*', name: '*' }],
  ] as const)('%s means a process or a group', (text, spec) => {
    expect(parseNameSpec(text)).toEqual({ ...spec, text });
  });

  test('is offered for each process, and for each group whose members are called otherwise', () => {
    expect(nameSpecsOf(all.slice(0, 3))).toEqual(['cat', 'redis:redis-01', 'redis:*', 'redis:redis-02']);
  });
});

describe('patterns', () => {
  test('that are none mean everything, as does all', () => {
    expect(select().processes).toHaveLength(5);
    expect(select('all').processes).toHaveLength(5);
  });

  test('are names, groups and shell patterns', () => {
    expect(select('cat').processes).toEqual(['cat']);
    expect(select('web:back').processes).toEqual(['web:back']);
    expect(select('web').processes).toEqual(['web:back', 'web:front']);
    expect(select('web:').processes).toEqual(['web:back', 'web:front']);
    expect(select('redis:*-01').processes).toEqual(['redis:redis-01']);
    expect(select('*:*').processes).toHaveLength(5);
    expect(select('redis:redis-0?').processes).toHaveLength(2);
  });

  test('select each process once, in the order of the server', () => {
    expect(select('web:front', 'web:*', 'cat', 'c*').processes).toEqual(['cat', 'web:back', 'web:front']);
  });

  test('are told apart from the names of processes', () => {
    const named = (...patterns: string[]) => [...selectByPatterns(patterns, all).named].map(processName);
    expect(named('all', 'web', 'web:*', 'redis:*-01', 'c*')).toEqual([]);
    expect(named('cat', 'web:*', 'web:back')).toEqual(['cat', 'web:back']);
  });

  test('without a match are returned', () => {
    expect(select('cat', 'nosuch', 'web:nosuch', 'x*')).toEqual({
      processes: ['cat'],
      unmatched: ['nosuch', 'web:nosuch', 'x*'],
    });
  });
});
