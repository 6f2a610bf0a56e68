// The graph as a tree in the order of start: each unit below the one that it waits for last, so that its indentation is
// its lane, with everything that it depends on beside it. What is below the deepest indentation is a tree of its own.
import type { Language } from '../../doctor/language.ts';
import { coloured } from '../shared/style.ts';
import { type Graph, isOneshot, labelOf, targetName, type Unit } from './graph.ts';

/** Units this deep begin another tree, so that lines have a bounded length. */
const maxDepth = 20;

/** Notes beside wider trees are not aligned. */
const maxNotesColumn = 60;

export function textGraph(graph: Graph, language: Language): string {
  const said = words[language];
  const [related, others] = split(graph.plan.units, (unit) => isRelated(unit, graph));
  const rows = treesOf(related).map(({ unit, branch, cut }) => {
    const label = labelOf(unit);
    const notes = [
      ...(cut === 'from above' ? [said.fromAbove] : notesOn(unit, graph, said)),
      ...(cut === 'below' ? [said.below] : []),
    ];
    return {
      ...{ branch, label, notes: notes.join(said.semicolon) },
      width: Bun.stringWidth(branch + label),
    };
  });
  const column = Math.min(
    maxNotesColumn,
    rows.reduce((widest, { width }) => Math.max(widest, width), 0),
  );
  const lines = rows.map(({ branch, label, notes, width }) => {
    const gap = ' '.repeat(Math.max(0, column - width) + 2);
    return `${coloured(branch, 'grey')}${label}${notes === '' ? '' : `${gap}${coloured(notes, 'grey')}`}`;
  });
  if (others.length > 0) lines.push(`${said.others}${others.map(labelOf).join(said.comma)}`);
  return lines.map((line) => `${line}\n`).join('');
}

const words = {
  en: {
    oneshot: 'one-shot',
    after: (names: string) => `after ${names}`,
    stopsWith: (names: string) => `stops with ${names}`,
    restartsWith: (names: string) => `restarts with ${names}`,
    below: 'continued below',
    fromAbove: 'continued from above',
    others: 'without dependencies: ',
    comma: ', ',
    semicolon: '; ',
  },
  zh: {
    oneshot: '一次性任务',
    after: (names: string) => `依赖 ${names}`,
    stopsWith: (names: string) => `随 ${names} 停止`,
    restartsWith: (names: string) => `随 ${names} 重启`,
    below: '下文续',
    fromAbove: '续上文',
    others: '无依赖：',
    comma: '、',
    semicolon: '；',
  },
} as const;

type Words = (typeof words)[Language];

function isRelated({ members, needs, stopsWith, restartsWith }: Unit, { dependencies }: Graph): boolean {
  return (
    needs.length + stopsWith.length + restartsWith.length > 0 ||
    members.some((member) => dependencies.targetsOf(member).length > 0)
  );
}

/** `one-shot`, `after db, migrate=completed`, `stops with db`. The condition `ready` is not shown. */
function notesOn(unit: Unit, graph: Graph, said: Words): string[] {
  const { needs, stopsWith, restartsWith } = unit;
  const needNames = needs.map((need) => {
    const condition = graph.conditionOf(need);
    return `${targetName(need.target)}${condition === null || condition === 'ready' ? '' : `=${condition}`}`;
  });
  const notes = [
    isOneshot(unit) ? [said.oneshot] : [],
    needNames.length > 0 ? [said.after(needNames.join(', '))] : [],
    stopsWith.length > 0 ? [said.stopsWith(stopsWith.map(targetName).join(', '))] : [],
    restartsWith.length > 0 ? [said.restartsWith(restartsWith.map(targetName).join(', '))] : [],
  ];
  return notes.flat();
}

interface Row {
  readonly unit: Unit;
  /** `│  ├─ ` */
  readonly branch: string;
  /** Where the units below it are, if not in the following rows, or those above it, if not in the preceding ones. */
  readonly cut: 'below' | 'from above' | null;
}

/** The units, each followed by those below it. A unit that begins another tree is in both. */
function treesOf(units: readonly Unit[]): Row[] {
  const below = Map.groupBy(units, ({ after }) => after);
  const rows: Row[] = [];
  const roots: Row[] = (below.get(null) ?? []).map((unit) => ({ unit, branch: '', cut: null }));
  // Also visits what is added meanwhile.
  for (const root of roots) {
    /** What is still to be shown; the next one is the last. */
    const pending = [root];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      rows.push(next);
      if (next.cut === 'below') roots.push({ unit: next.unit, branch: '', cut: 'from above' });
      else for (const row of rowsBelow(next, below).toReversed()) pending.push(row);
    }
  }
  return rows;
}

function rowsBelow({ unit, branch }: Row, below: ReadonlyMap<Unit | null, readonly Unit[]>): Row[] {
  const units = below.get(unit) ?? [];
  const indentation = continued(branch);
  return units.map((child, index) => ({
    unit: child,
    branch: `${indentation}${index === units.length - 1 ? '└─ ' : '├─ '}`,
    cut: child.lane % maxDepth === 0 && below.has(child) ? 'below' : null,
  }));
}

/** The indentation below a branch. */
function continued(branch: string): string {
  return branch.replace(/├─ $/, '│  ').replace(/└─ $/, '   ');
}

function split<T>(items: readonly T[], isFirst: (item: T) => boolean): [T[], T[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}
