import { describe, expect, test } from 'bun:test';
import { checkConfig } from '../../../src/config/check.ts';
import { conditionOf, Dependencies, type Dependent } from '../../../src/config/dependencies.ts';
import { formatSelector } from '../../../src/config/values/dependencies.ts';
import { Random } from '../../support/random.ts';
import { memoryHost } from './memory-host.ts';

/** Of configurations with errors, too. */
function processesOf(sections: string): Dependent[] {
  const host = memoryHost({ '/s.conf': `[supervisord]\n${sections}` });
  const { config } = checkConfig({ path: '/s.conf', overrides: {}, host });
  const { groups } = config ?? { groups: [] };
  return groups.flatMap(({ name, processes }) => processes.map((config) => ({ group: name, config })));
}

function program(name: string, ...options: string[]): string {
  return [`[program:${name}]`, 'command=c', ...options, ''].join('\n');
}

function group(name: string, ...programs: string[]): string {
  return `[group:${name}]\nprograms=${programs.join(',')}\n`;
}

const twice = ['numprocs=2', 'process_name=%(program_name)s_%(process_num)d'];

function nameOf({ group, config }: Dependent): string {
  return group === config.name ? group : `${group}:${config.name}`;
}

/** The configuration's dependencies, and its processes by name. */
function read(sections: string) {
  const processes = processesOf(sections);
  const byName = new Map(processes.map((process) => [nameOf(process), process]));
  const named = (name: string): Dependent => {
    const found = byName.get(name);
    if (!found) throw new Error(`no process ${name}`);
    return found;
  };
  return { processes, named, dependencies: new Dependencies(processes) };
}

/** Every dependency, each name expanded, by a search of all processes. */
function edgesOf(processes: readonly Dependent[]): { readonly from: Dependent; readonly to: Dependent }[] {
  return processes.flatMap((from) =>
    from.config.extensions.dependsOn.flatMap(({ on }) =>
      processes
        .filter(
          ({ group, config }) =>
            (on.kind === 'program' && config.program === on.program) ||
            (on.kind === 'group' && group === on.group) ||
            (on.kind === 'process' && group === on.group && config.name === on.name),
        )
        .map((to) => ({ from, to })),
    ),
  );
}

function start(sections: string, ...names: string[]): string[] {
  const { processes, named, dependencies } = read(sections);
  return dependencies.startOrder(names.length === 0 ? processes : names.map(named)).map(nameOf);
}

describe('a name', () => {
  const configuration = [
    program('db', ...twice),
    program('cache'),
    group('back', 'cache', 'db'),
    program('web', 'depends_on=db=started, back:*, back:db_1, gone'),
  ].join('');

  function membersOf(name: string): string[] | undefined {
    const { dependencies, named } = read(configuration);
    const needs = dependencies.needsOf(named('web'));
    return needs.find(({ target }) => formatSelector(target.selector) === name)?.target.members.map(nameOf);
  }

  test('of a program means all of its processes, in whatever group', () => {
    expect(membersOf('db')).toEqual(['back:db_0', 'back:db_1']);
  });

  test('of a group with a star means its processes', () => {
    expect(membersOf('back:*')).toEqual(['back:cache', 'back:db_0', 'back:db_1']);
  });

  test('of a group and a process means that process', () => {
    expect(membersOf('back:db_1')).toEqual(['back:db_1']);
  });

  test('of a group that was removed means no process', () => {
    expect(membersOf('gone')).toEqual([]);
  });

  test('of a program is not that of a group or process', () => {
    const { dependencies, named } = read(
      program('a', 'depends_on=b, b:*') + program('c') + group('b', 'c') + program('b', 'process_name=x'),
    );
    expect(dependencies.needsOf(named('a')).map(({ target }) => target.members.map(nameOf))).toEqual([
      [],
      ['b:c'],
    ]);
  });
});

describe('a dependency', () => {
  test('without a condition waits for one-shots to complete and for others to be ready', () => {
    const { dependencies, named } = read(
      program('migrate', 'oneshot=true') +
        program('db') +
        program('web', 'depends_on=migrate, db, db=healthy, migrate=ended'),
    );
    const conditions = dependencies
      .needsOf(named('web'))
      .flatMap((need) => need.target.members.map((member) => conditionOf(need, member)));
    expect(conditions).toEqual(['completed', 'ready', 'healthy', 'ended']);
  });

  test('leads back from what it names, separately for depends_on, stop_with and restart_with', () => {
    const { dependencies, named } = read(
      program('db') +
        program('a', 'depends_on=db, db=healthy') +
        program('b', 'stop_with=db') +
        program('c', 'restart_with=db, db:*'),
    );
    const targets = dependencies.targetsOf(named('db'));
    expect(targets.map(({ selector }) => formatSelector(selector))).toEqual(['db', 'db:*']);
    const told = targets.map((target) => ({
      dependents: dependencies.dependentsOf(target).map(nameOf),
      stopped: dependencies.stoppedWith(target).map(nameOf),
      restarted: dependencies.restartedWith(target).map(nameOf),
    }));
    expect(told).toEqual([
      { dependents: ['a'], stopped: ['b'], restarted: ['c'] },
      { dependents: [], stopped: [], restarted: ['c'] },
    ]);
    expect(dependencies.stopsWith(named('b'))).toEqual(targets.slice(0, 1));
    expect(dependencies.restartsWith(named('c'))).toEqual(targets);
  });

  test('of a thousand processes on a thousand is two thousand links', () => {
    const thousand = ['numprocs=1000', 'process_name=%(process_num)d'];
    const { processes, dependencies } = read(
      program('db', ...thousand) + program('web', ...thousand, 'depends_on=db'),
    );
    const targets = new Set(
      processes.flatMap((process) => dependencies.needsOf(process).map(({ target }) => target)),
    );
    expect([...targets].map(({ members }) => members.length)).toEqual([1000]);
    expect([...targets].map((target) => dependencies.dependentsOf(target).length)).toEqual([1000]);
  });
});

describe('the order of start', () => {
  test('is the given one without dependencies', () => {
    const { processes, dependencies } = read(program('b') + program('a') + program('c', 'priority=1'));
    expect(dependencies.startOrder(processes)).toBe(processes);
    expect(start(program('b') + program('a') + program('c', 'priority=1'))).toEqual(['c', 'a', 'b']);
  });

  test('moves a process only before those that depend on it', () => {
    expect(start(program('a') + program('b', 'depends_on=d') + program('c') + program('d'))).toEqual([
      'a',
      'd',
      'b',
      'c',
    ]);
  });

  test('holds through processes that are not started now', () => {
    const chain = program('a', 'depends_on=b') + program('b', 'depends_on=c') + program('c');
    expect(start(chain, 'a', 'c')).toEqual(['c', 'a']);
  });

  test('exists for a chain of 30,000', () => {
    const last = 29_999;
    const [model] = processesOf(program('p0', 'depends_on=p1'));
    if (!model) throw new Error('no process');
    const chain = Array.from({ length: last + 1 }, (_, index): Dependent => {
      const extensions = {
        ...model.config.extensions,
        dependsOn:
          index === last
            ? []
            : [{ on: { kind: 'program', program: `p${index + 1}` } as const, condition: null }],
      };
      return { group: `p${index}`, config: { ...model.config, program: `p${index}`, extensions } };
    });
    const dependencies = new Dependencies(chain);
    expect(dependencies.startOrder(chain)).toEqual(chain.toReversed());
    expect(dependencies.cycles).toEqual([]);
  });
});

describe('a cycle', () => {
  function cycles(sections: string): string[][] {
    return read(sections).dependencies.cycles.map((cycle) => cycle.map(nameOf));
  }

  test('is found across names of programs, processes and groups', () => {
    const text =
      program('web', 'depends_on=api') +
      program('api', 'depends_on=back:db') +
      program('db', 'depends_on=web:*') +
      group('back', 'db');
    expect(cycles(text)).toEqual([['api', 'back:db', 'web']]);
  });

  test('is a process that depends on itself, also by the name of its group', () => {
    expect(cycles(program('a', 'depends_on=a') + program('b', 'depends_on=b:*'))).toEqual([['a'], ['b']]);
  });

  test('is found in each of several sets of processes', () => {
    const pair = (a: string, b: string): string =>
      program(a, `depends_on=${b}`) + program(b, `depends_on=${a}`);
    expect(cycles(pair('a', 'b') + pair('c', 'd') + program('e', 'depends_on=a,c'))).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
  });

  test('of restart_with is another one', () => {
    const { dependencies } = read(program('a', 'restart_with=b') + program('b', 'restart_with=a'));
    expect(dependencies.cycles).toEqual([]);
    expect(dependencies.restartCycles.map((cycle) => cycle.map(nameOf))).toEqual([['a', 'b']]);
  });

  test('leaves an order of the others', () => {
    const text =
      program('a', 'depends_on=b') +
      program('b', 'depends_on=a, c') +
      program('c') +
      program('d', 'depends_on=a');
    const order = start(text);
    expect(order.toSorted()).toEqual(['a', 'b', 'c', 'd']);
    expect(order.indexOf('c')).toBeLessThan(order.indexOf('b'));
    expect(order.indexOf('a')).toBeLessThan(order.indexOf('d'));
  });
});

describe('random dependencies', () => {
  /** `acyclic`: a program depends only on earlier ones. */
  function configuration(random: Random, acyclic: boolean): string {
    const names = Array.from({ length: 2 + random.below(12) }, (_, index) => `p${index}`);
    const groups = names.filter(() => random.chance(0.2)).map((name) => group(`g${name}`, name));
    const grouped = (name: string): boolean => groups.some((text) => text.includes(`[group:g${name}]`));
    const programs = names.map((name, index) => {
      const candidates = acyclic ? names.slice(0, index) : names;
      const needs = random.some(candidates, random.pick([0, 0.1, 0.2])).map((need) => {
        const inGroup = grouped(need) ? `g${need}` : need;
        return random.pick([need, `${inGroup}:*`, `${inGroup}:${need}_1`]);
      });
      const count = `numprocs=${1 + random.below(3)}`;
      const numbered = 'process_name=%(program_name)s_%(process_num)d';
      const options = [count, numbered, `priority=${random.below(20)}`];
      if (needs.length > 0) options.push(`depends_on=${needs.join(', ')}`);
      return program(name, ...options);
    });
    return [...programs, ...groups].join('');
  }

  const seeds = Array.from({ length: 300 }, (_, seed) => seed);

  test('give an order that contains each process once and follows every dependency', () => {
    for (const seed of seeds) {
      const random = new Random(seed);
      const { processes, dependencies } = read(configuration(random, true));
      const given = random.some(processes, 0.8);
      const order = dependencies.startOrder(given);
      expect([...order].map(nameOf).toSorted()).toEqual(given.map(nameOf).toSorted());
      const place = new Map(order.map((process, index) => [process, index]));
      for (const { from, to } of edgesOf(given))
        expect(place.get(to) ?? -1, `seed ${seed}`).toBeLessThan(place.get(from) ?? -1);
      expect(dependencies.cycles, `seed ${seed}`).toEqual([]);
    }
  });

  test('have a cycle found if and only if there is one, and it is one', () => {
    let found = 0;
    for (const seed of seeds) {
      const { processes, dependencies } = read(configuration(new Random(seed), false));
      const edges = edgesOf(processes);
      const { cycles } = dependencies;
      expect(cycles.length > 0, `seed ${seed}`).toBe(hasCycle(processes, edges));
      for (const cycle of cycles)
        for (const [index, from] of cycle.entries()) {
          const to = cycle[(index + 1) % cycle.length];
          expect(
            edges.some((edge) => edge.from === from && edge.to === to),
            `seed ${seed}`,
          ).toBe(true);
        }
      found += cycles.length > 0 ? 1 : 0;
    }
    expect(found).toBeGreaterThan(50);
    expect(found).toBeLessThan(250);
  });

  /** Removes what depends on nothing until nothing more can be removed. */
  function hasCycle(processes: readonly Dependent[], edges: ReturnType<typeof edgesOf>): boolean {
    let left = new Set(processes);
    for (;;) {
      const blocked = new Set(edges.filter(({ to }) => left.has(to)).map(({ from }) => from));
      const next = new Set([...left].filter((process) => blocked.has(process)));
      if (next.size === left.size) return left.size > 0;
      left = next;
    }
  }
});
