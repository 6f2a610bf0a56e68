// How long it takes to look up dependencies, to order the processes and to look for cycles. The original has no
// dependencies.
import { Dependencies, type Dependent } from '../../src/config/dependencies.ts';
import { loadConfig } from '../../src/config/load.ts';
import { memoryHost } from '../unit/config/memory-host.ts';
import { median, type Row } from './measure.ts';

export async function measureDependencies(): Promise<Row[]> {
  const figures = [
    { what: 'order 2000 programs with 10,000 dependencies', text: programs(2000, fiveBefore) },
    { what: 'order a chain of 10,000 programs', text: programs(10_000, (index) => [index - 1]) },
    { what: 'order 1000 processes that depend on 1000', text: many('db', '') + many('web', 'depends_on=db') },
    { what: 'order 10,000 programs without dependencies', text: programs(10_000, () => []) },
  ];
  return figures.map(({ what, text }) => ({ what, unit: 'ms', ours: duration(text), original: Number.NaN }));
}

function duration(text: string): number {
  const processes = processesOf(text);
  return median(
    Array.from({ length: 9 }, () => {
      const started = performance.now();
      const dependencies = new Dependencies(processes);
      const order = dependencies.startOrder(processes);
      if (order.length + dependencies.cycles.length !== processes.length) throw new Error('a wrong order');
      return performance.now() - started;
    }),
  );
}

function processesOf(text: string): Dependent[] {
  const host = memoryHost({ '/s.conf': `[supervisord]\n${text}` });
  const { groups } = loadConfig({ path: '/s.conf', overrides: {}, host });
  return groups.flatMap(({ name, processes }) => processes.map((config) => ({ group: name, config })));
}

/** The first starts last. */
function programs(count: number, needsOf: (index: number) => readonly number[]): string {
  return Array.from({ length: count }, (_, index) => {
    const needs = needsOf(index).filter((need) => need >= 0);
    const dependsOn = needs.length === 0 ? '' : `depends_on=${needs.map((need) => `p${need}`).join(',')}\n`;
    return `[program:p${index}]\ncommand=/bin/true\npriority=${count - index}\n${dependsOn}`;
  }).join('');
}

/** Near and far ones, the same in each run. */
function fiveBefore(index: number): readonly number[] {
  return [1, 2, 3, 5, 7].map((part) => index - 1 - Math.floor((index * part) / 11));
}

function many(name: string, option: string): string {
  return `[program:${name}]\ncommand=/bin/true\nnumprocs=1000\nprocess_name=%(process_num)d\n${option}\n`;
}
