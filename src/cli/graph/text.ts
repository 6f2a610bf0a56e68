// The graph as a tree in the order of start: each unit below the one that it waits for last, so that its indentation is
// its lane, with everything that it depends on beside it.
import type { Language } from '../../doctor/language.ts';
import { coloured } from '../shared/style.ts';
import { type Graph, labelOf, targetName, type Unit } from './graph.ts';

/** Lines of a deeper tree show the end of their branch. */
const maxBranchWidth = 60;

/** Notes beside wider trees are not aligned. */
const maxNotesColumn = 60;

export function textGraph(graph: Graph, language: Language): string {
  const said = words[language];
  const [related, others] = split(graph.plan.units, (unit) => isRelated(unit, graph));
  const rows = treeOf(related).map(({ unit, branch }) => {
    const label = labelOf(unit);
    return { branch, label, notes: notesOn(unit, graph, said), width: Bun.stringWidth(branch + label) };
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
    others: 'without dependencies: ',
    comma: ', ',
    semicolon: '; ',
  },
  zh: {
    oneshot: '一次性任务',
    after: (names: string) => `依赖 ${names}`,
    stopsWith: (names: string) => `随 ${names} 停止`,
    restartsWith: (names: string) => `随 ${names} 重启`,
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

/** `one-shot; after db, migrate=completed; stops with db`. The condition `ready` is not shown. */
function notesOn({ members, needs, stopsWith, restartsWith }: Unit, graph: Graph, said: Words): string {
  const needNames = needs.map((need) => {
    const condition = graph.conditionOf(need);
    return `${targetName(need.target)}${condition === null || condition === 'ready' ? '' : `=${condition}`}`;
  });
  const notes = [
    members.every(({ config }) => config.extensions.oneshot) ? [said.oneshot] : [],
    needNames.length > 0 ? [said.after(needNames.join(', '))] : [],
    stopsWith.length > 0 ? [said.stopsWith(stopsWith.map(targetName).join(', '))] : [],
    restartsWith.length > 0 ? [said.restartsWith(restartsWith.map(targetName).join(', '))] : [],
  ];
  return notes.flat().join(said.semicolon);
}

interface Row {
  readonly unit: Unit;
  /** `│  ├─ ` */
  readonly branch: string;
}

/** The units, each followed by those below it. */
function treeOf(units: readonly Unit[]): Row[] {
  const below = Map.groupBy(units, ({ after }) => after);
  const rows: Row[] = [];
  /** What is still to be shown; the next one is the last. */
  const pending = rowsBelow(null, '', below).toReversed();
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    rows.push(next);
    const children = rowsBelow(next.unit, continued(next.branch), below);
    for (const row of children.toReversed()) pending.push(row);
  }
  return rows;
}

function rowsBelow(
  unit: Unit | null,
  indentation: string,
  below: ReadonlyMap<Unit | null, readonly Unit[]>,
): Row[] {
  const units = below.get(unit) ?? [];
  return units.map((child, index) => ({
    unit: child,
    branch:
      unit === null
        ? ''
        : `${indentation}${index === units.length - 1 ? '└─ ' : '├─ '}`.slice(-maxBranchWidth),
  }));
}

/** The indentation below a branch. */
function continued(branch: string): string {
  return branch.replace(/├─ $/, '│  ').replace(/└─ $/, '   ');
}

function split<T>(items: readonly T[], isFirst: (item: T) => boolean): [T[], T[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}
