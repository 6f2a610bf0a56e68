// Depth-first search of a directed graph, with its own stack in place of recursion.

export interface Node<T> {
  /** Null for a node that only connects others. */
  readonly content: T | null;
  readonly next: readonly Node<T>[];
}

export interface Visitor<T> {
  /** After all nodes that `node` leads to, except through a cycle; once for each node. */
  leave?(node: Node<T>): void;
  /** The last node of `path` leads back to `start`, which is on the path. `path` changes after the call. */
  closeCycle?(path: readonly Node<T>[], start: Node<T>): void;
}

/** Visits the roots and all nodes that they lead to, in the given order. Linear in nodes and links. */
export function depthFirst<T>(roots: Iterable<Node<T>>, visitor: Visitor<T>): void {
  const state = new Map<Node<T>, 'open' | 'left'>();
  const path: Node<T>[] = [];
  /** For each node of the path, how many of its links were followed. */
  const followed: number[] = [];
  const enter = (node: Node<T>): void => {
    state.set(node, 'open');
    path.push(node);
    followed.push(0);
  };
  for (const root of roots) {
    if (!state.has(root)) enter(root);
    for (let node = path.at(-1); node !== undefined; node = path.at(-1)) {
      const link = followed[path.length - 1] ?? 0;
      const next = node.next[link];
      if (next === undefined) {
        path.pop();
        followed.pop();
        state.set(node, 'left');
        visitor.leave?.(node);
        continue;
      }
      followed[path.length - 1] = link + 1;
      if (state.get(next) === 'open') visitor.closeCycle?.(path, next);
      else if (!state.has(next)) enter(next);
    }
  }
}
