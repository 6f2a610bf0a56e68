import { describe, expect, test } from 'bun:test';
import { dotGraph, mermaidGraph } from '../../../src/cli/graph/drawing.ts';
import { Graph } from '../../../src/cli/graph/graph.ts';
import { jsonGraph } from '../../../src/cli/graph/json.ts';
import { textGraph } from '../../../src/cli/graph/text.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { memoryHost } from '../config/memory-host.ts';

function graph(sections: string): Graph {
  const host = memoryHost({ '/s.conf': `[supervisord]\n${sections}` });
  return new Graph(loadConfig({ path: '/s.conf', overrides: {}, host }));
}

function program(name: string, ...options: string[]): string {
  return [`[program:${name}]`, 'command=c', ...options, ''].join('\n');
}

const numbered = ['numprocs=2', 'process_name=%(program_name)s_%(process_num)d'];

const stack = [
  program('nginx', 'depends_on=api'),
  program('worker', 'depends_on=api=healthy, cache:*', 'restart_with=db'),
  program('api', ...numbered, 'depends_on=db, migrate', 'http_check=http://127.0.0.1:1/'),
  program('migrate', 'oneshot=true', 'depends_on=db'),
  program('db'),
  program('redis'),
  program('memcached'),
  '[group:cache]\nprograms=redis,memcached\n',
  program('exporter', 'stop_with=db'),
  program('cron'),
  program('mailer', ...numbered),
].join('');

describe('the graph as text', () => {
  test('shows each program once, below the one that it waits for last', () => {
    expect(textGraph(graph(stack), 'en')).toBe(`\
db
└─ migrate         one-shot; after db
   └─ api ×2       after db, migrate=completed
      ├─ nginx     after api
      └─ worker    after api=healthy, cache:*; restarts with db
redis (cache)
memcached (cache)
exporter           stops with db
without dependencies: cron, mailer ×2
`);
  });

  test('is in Chinese, too', () => {
    expect(textGraph(graph(stack), 'zh')).toContain('一次性任务；依赖 db\n');
    expect(textGraph(graph(stack), 'zh')).toEndWith('无依赖：cron、mailer ×2\n');
  });

  test('is one line without dependencies, and none without programs', () => {
    expect(textGraph(graph(program('b') + program('a')), 'en')).toBe('without dependencies: a, b\n');
    expect(textGraph(graph(''), 'en')).toBe('');
  });

  test('draws the branches of programs that have others below', () => {
    const text =
      program('a') +
      program('b', 'depends_on=a') +
      program('c', 'depends_on=b') +
      program('d', 'depends_on=a');
    expect(
      textGraph(graph(text), 'en')
        .split('\n')
        .map((line) => line.split(' after')[0]?.trimEnd()),
    ).toEqual(['a', '├─ b', '│  └─ c', '└─ d', '']);
  });

  /** `p0`, `p1` after it, and so on. */
  const chain = (length: number) =>
    Array.from({ length }, (_, index) =>
      program(`p${index}`, ...(index === 0 ? [] : [`depends_on=p${index - 1}`])),
    ).join('');

  test('goes on in another tree below twenty levels, with each program at its depth', () => {
    const branches = program('q20', 'depends_on=p19') + program('q21', 'depends_on=q20');
    const lines = textGraph(graph(chain(26) + branches), 'en')
      .trimEnd()
      .split('\n');
    expect(lines.slice(19).map((line) => line.replaceAll(/ {2,}/g, '  '))).toEqual([
      ...['  └─ p19  after p18', '  ├─ p20  after p19; continued below'],
      '  └─ q20  after p19; continued below',
      ...['p20  continued from above', '└─ p21  after p20', '  └─ p22  after p21'],
      ...['  └─ p23  after p22', '  └─ p24  after p23', '  └─ p25  after p24'],
      ...['q20  continued from above', '└─ q21  after q20'],
    ]);
    const column = (name: string) => lines.find((line) => line.includes(`─ ${name} `))?.indexOf(name);
    expect(['p1', 'p19', 'p20', 'p21', 'p25', 'q21'].map(column)).toEqual([3, 57, 60, 3, 15, 3]);
  });

  test('does not go on below a program that has none below', () => {
    expect(textGraph(graph(chain(21)), 'zh')).toEndWith('└─ p20  依赖 p19\n');
    expect(textGraph(graph(chain(22)), 'zh')).toContain('└─ p20  依赖 p19；下文续\np20 ');
  });

  test('has lines of bounded length for a chain of any length', () => {
    const lines = textGraph(graph(chain(500)), 'en')
      .trimEnd()
      .split('\n');
    expect(lines).toHaveLength(500 + 24);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(120);
  });
});

describe('the graph for a drawing', () => {
  const small =
    program('web', ...numbered, 'depends_on=migrate, cache:*=started', 'stop_with=redis') +
    program('migrate', 'oneshot=true') +
    program('redis') +
    program('memcached') +
    '[group:cache]\nprograms=redis,memcached\n';

  test('is what Graphviz reads, with one node for a name of several programs and a double border for one-shots', () => {
    expect(dotGraph(graph(small))).toBe(`\
digraph tsupervisor {
  rankdir=LR;
  node [shape=box];
  p0 [label="redis (cache)"];
  p1 [label="memcached (cache)"];
  p2 [label="migrate", peripheries=2];
  p3 [label="web ×2"];
  n0 [label="cache:*", shape=ellipse];
  p2 -> p3 [label="completed"];
  p0 -> n0;
  p1 -> n0;
  n0 -> p3 [label="started"];
  p0 -> p3 [label="stop", style=dashed];
}
`);
  });

  test('is what Mermaid reads', () => {
    expect(mermaidGraph(graph(small))).toBe(`\
flowchart LR
  p0["redis (cache)"]
  p1["memcached (cache)"]
  p2[["migrate"]]
  p3["web ×2"]
  n0(["cache:*"])
  p2 -->|"completed"| p3
  p0 --> n0
  p1 --> n0
  n0 -->|"started"| p3
  p0 -.->|"stop"| p3
`);
  });

  test('cannot be changed by a name', () => {
    const hostile = graph(program('a"];x->y;\\', 'depends_on=b<b>#') + program('b<b>#'));
    expect(dotGraph(hostile)).toContain('p1 [label="a\\"];x->y;\\\\"];\n');
    expect(mermaidGraph(hostile)).toContain('  p0["b#60;b#62;#35;"]\n  p1["a#34;];x-#62;y;#92;"]\n');
  });

  test('has a size linear in its programs', () => {
    const many = Array.from({ length: 200 }, (_, index) => [
      program(`a${index}`),
      program(`b${index}`, 'depends_on=all:*'),
    ]).flat();
    const group = `[group:all]\nprograms=${Array.from({ length: 200 }, (_, index) => `a${index}`).join(',')}\n`;
    expect(dotGraph(graph(many.join('') + group)).split('\n')).toHaveLength(4 + 401 + 400 + 1);
  });
});

describe('the graph as JSON', () => {
  test('has programs in the order of their start, and the processes of each name', () => {
    const { programs, names } = JSON.parse(jsonGraph(graph(stack)));
    expect(
      programs.map(({ program: name, lane }: { program: string; lane: number }) => [name, lane]),
    ).toEqual([
      ...[
        ['db', 0],
        ['migrate', 1],
        ['api', 2],
      ],
      ...[
        ['redis', 0],
        ['memcached', 0],
        ['cron', 0],
        ['exporter', 0],
        ['mailer', 0],
      ],
      ...[
        ['nginx', 3],
        ['worker', 3],
      ],
    ]);
    expect(programs[2]).toEqual({
      program: 'api',
      group: 'api',
      processes: ['api:api_0', 'api:api_1'],
      lane: 2,
      oneshot: false,
      dependsOn: [
        { name: 'db', condition: 'ready' },
        { name: 'migrate', condition: 'completed' },
      ],
      stopWith: [],
      restartWith: [],
    });
    expect(names).toEqual({
      db: ['db'],
      migrate: ['migrate'],
      api: ['api:api_0', 'api:api_1'],
      'cache:*': ['cache:redis', 'cache:memcached'],
    });
  });

  test('has no condition where the processes of a name have different ones', () => {
    const text =
      program('web', 'depends_on=jobs:*') +
      program('a', 'oneshot=true') +
      program('b') +
      '[group:jobs]\nprograms=a,b\n';
    const { programs } = JSON.parse(jsonGraph(graph(text)));
    expect(programs.at(-1).dependsOn).toEqual([{ name: 'jobs:*', condition: null }]);
  });
});
