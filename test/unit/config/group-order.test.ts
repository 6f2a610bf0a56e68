// The order of groups in an update.
import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { GroupConfig } from '../../../src/config/config.ts';
import { diffGroups } from '../../../src/config/diff.ts';
import { inOrderOfGroups } from '../../../src/config/group-order.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { memoryHost } from './memory-host.ts';

function groupsOf(text: string): readonly GroupConfig[] {
  const host = memoryHost({ '/s.conf': `[supervisord]\n${text}` });
  return loadConfig({ path: '/s.conf', overrides: {}, host }).groups;
}

const program = (name: string, ...options: string[]) =>
  `[program:${name}]\ncommand=/bin/true\n${options.join('\n')}\n`;

describe('groups of an update', () => {
  test('come after what they depend on, also through groups that do not change', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.array(fc.nat(9), { maxLength: 3 }), fc.boolean()), {
          minLength: 2,
          maxLength: 10,
        }),
        fc.infiniteStream(fc.nat()),
        (specs, random) => {
          // In the order of their names, a group may come before one that it depends on.
          const names = specs
            .map((_, index) => ({ name: `p${index}`, at: random.next().value }))
            .toSorted((left, right) => left.at - right.at)
            .map(({ name }) => name);
          const needs = specs.map(([links], index) =>
            index === 0 ? [] : links.flatMap((link) => names[link % index] ?? []),
          );
          const text = names.map((name, index) => program(name, `depends_on=${needs[index]?.join(',')}`));
          const groups = groupsOf(text.join(''));
          const wanted = names.filter((_, index) => specs[index]?.[1]);
          const ordered = inOrderOfGroups(wanted, groups);
          expect(ordered.toSorted()).toEqual(wanted.toSorted());
          const reached = (name: string): string[] =>
            (needs[names.indexOf(name)] ?? []).flatMap((need) => [need, ...reached(need)]);
          for (const [at, name] of ordered.entries()) {
            const later = ordered.slice(at);
            expect([name, reached(name).filter((need) => later.includes(need))]).toEqual([name, []]);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  test('keep their order where nothing depends on anything', () => {
    const before = groupsOf(program('c') + program('a') + program('b'));
    const after = groupsOf(program('c', 'priority=1') + program('a', 'priority=1'));
    expect(diffGroups(before, after)).toEqual({ added: [], changed: ['a', 'c'], removed: ['b'] });
    expect(diffGroups(before, [])).toEqual({ added: [], changed: [], removed: ['a', 'b', 'c'] });
    expect(diffGroups([], before)).toEqual({ added: ['a', 'b', 'c'], changed: [], removed: [] });
  });

  test('are removed before what they depend on, and added or replaced after it', () => {
    const stack = (priority: number) =>
      program('b-db', `priority=${priority}`) +
      program('a-api', 'depends_on=b-db', `priority=${priority}`) +
      program('c-web', 'depends_on=a-api', `priority=${priority}`);
    const [before, after] = [groupsOf(stack(1)), groupsOf(stack(2))];
    expect(diffGroups(before, after).changed).toEqual(['b-db', 'a-api', 'c-web']);
    expect(diffGroups([], after).added).toEqual(['b-db', 'a-api', 'c-web']);
    expect(diffGroups(before, []).removed).toEqual(['c-web', 'a-api', 'b-db']);
  });

  test('that depend on each other by different processes come in any order', () => {
    const text =
      program('one') +
      program('two', 'depends_on=one') +
      program('three', 'depends_on=two') +
      '[group:odd]\nprograms=one,three\n[group:even]\nprograms=two\n';
    expect(diffGroups([], groupsOf(text)).added.toSorted()).toEqual(['even', 'odd']);
  });
});
