// The graph as JSON, for scripts: every name has its processes once, so that the size is linear in both.
import type { Dependent, Target } from '../../config/dependencies.ts';
import { type Graph, isOneshot, processNames, targetName } from './graph.ts';

export function jsonGraph(graph: Graph): string {
  const names = new Map<string, readonly string[]>();
  const nameOf = (target: Target<Dependent>): string => {
    const name = targetName(target);
    if (!names.has(name)) names.set(name, processNames(target.members));
    return name;
  };
  const programs = graph.plan.units.map((unit) => ({
    ...{ program: unit.program, group: unit.group, processes: processNames(unit.members), lane: unit.lane },
    oneshot: isOneshot(unit),
    dependsOn: unit.needs.map((need) => ({ name: nameOf(need.target), condition: graph.conditionOf(need) })),
    stopWith: unit.stopsWith.map(nameOf),
    restartWith: unit.restartsWith.map(nameOf),
  }));
  return `${JSON.stringify({ programs, names: Object.fromEntries(names) }, null, 2)}\n`;
}
