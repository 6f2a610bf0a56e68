import { describe, expect, test } from 'bun:test';
import { questionAfter } from '../../../src/cli/completion.ts';

describe('a command line that is completed', () => {
  test.each([
    ['start', 'process'],
    ['stop a b', 'process'],
    ['tail -f', 'process'],
    ['tail -n 5', 'process'],
    ['tail -n', null],
    ['signal', 'signal'],
    ['signal HUP', 'process'],
    ['signal HUP a', 'process'],
    ['update a', 'group'],
    ['reread', null],
    ['nosuch', null],
    ['status -c', null],
    ['graph --format', 'graph-format'],
    ['graph --format dot', null],
    ['echo-conf --format', 'sample-format'],
    ['check --lang', 'language'],
    ['doctor -s x --lang', 'language'],
    ['echo-conf --lang', 'language'],
    ['supervisorctl', 'action'],
    ['supervisorctl -c x', 'action'],
    ['supervisorctl start', 'process'],
    ['supervisorctl -c x start a', 'process'],
    ['supervisorctl update', 'group'],
    ['supervisorctl help', 'action'],
    ['supervisorctl reread', null],
  ] as const)('goes on after %p with %p', (line, kind) => {
    expect(questionAfter(line.split(' ')).kind).toBe(kind);
  });

  test('tells which server is asked', () => {
    expect(questionAfter('start -c x.conf --username me a -p secret'.split(' ')).server).toEqual({
      configuration: 'x.conf',
      username: 'me',
      password: 'secret',
    });
  });
});
