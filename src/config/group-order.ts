// The order of groups in an update: what depends on each other may be added, changed or removed together. Pure.
import type { GroupConfig } from './config.ts';
import { Dependencies, type Dependent, type Target } from './dependencies.ts';
import { depthFirst, type Node } from './depth-first.ts';

/**
 * The given names of `groups`, each after the groups that its processes depend on or stop with, also through others; in
 * the given order where nothing depends on anything. Groups that depend on each other by different processes come in any
 * order.
 */
export function inOrderOfGroups(names: readonly string[], groups: readonly GroupConfig[]): readonly string[] {
  if (names.length < 2) return names;
  const processes = groups.flatMap(({ name, processes }) =>
    processes.map((config): Dependent => ({ group: name, config })),
  );
  const dependencies = new Dependencies(processes);
  if (dependencies.isEmpty) return names;
  const wanted = new Set(names);
  const ordered: string[] = [];
  depthFirst(nodesOf(names, processes, dependencies), {
    leave: ({ content }) => {
      if (content !== null && wanted.has(content)) ordered.push(content);
    },
  });
  return ordered;
}

/** A node for each of the names. Everything that writes the same name shares a node of its own, which has no content. */
function nodesOf(
  names: readonly string[],
  processes: readonly Dependent[],
  dependencies: Dependencies<Dependent>,
): Node<string>[] {
  const nodes = new Map<string, { content: string; next: Node<string>[] }>();
  const nodeOf = (group: string) => {
    const node = nodes.get(group) ?? { content: group, next: [] };
    nodes.set(group, node);
    return node;
  };
  const shared = new Map<Target<Dependent>, Node<string>>();
  for (const process of processes) {
    const needs = dependencies.needsOf(process).map(({ target }) => target);
    for (const target of [...needs, ...dependencies.stopsWith(process)]) {
      const node = shared.get(target) ?? {
        content: null,
        next: [...new Set(target.members.map(({ group }) => group))].map(nodeOf),
      };
      shared.set(target, node);
      nodeOf(process.group).next.push(node);
    }
  }
  return names.map(nodeOf);
}
