// Processes that point to targets, and targets to their members: order and cycles. Does not expand a target for each
// process that points to it, and does not recurse, as a chain may have 100,000 processes.
import type { Target } from './dependency-targets.ts';
import { depthFirst, type Node } from './depth-first.ts';

export class DependencyGraph<T> {
  readonly #targets = new Map<T, readonly Target<T>[]>();
  readonly #sources = new Map<Target<T>, T[]>();
  #nodes: ReadonlyMap<T, Node<T>> | null = null;

  /** Once for a process, and before the methods below. */
  add(process: T, targets: readonly Target<T>[]): void {
    this.#targets.set(process, targets);
    for (const target of new Set(targets)) {
      const sources = this.#sources.get(target);
      if (sources) sources.push(process);
      else this.#sources.set(target, [process]);
    }
  }

  targetsOf(process: T): readonly Target<T>[] {
    return this.#targets.get(process) ?? none;
  }

  /** The processes that point to a target. */
  sourcesOf(target: Target<T>): readonly T[] {
    return this.#sources.get(target) ?? none;
  }

  /** The given processes, each after those it leads to; a cycle is cut where it closes. */
  order(processes: readonly T[]): readonly T[] {
    if (this.#targets.size === 0) return processes;
    this.#nodes ??= this.#toNodes();
    const nodes = this.#nodes;
    const wanted = new Set(processes);
    const ordered: T[] = [];
    depthFirst(
      processes.map((process) => nodes.get(process) ?? { content: process, next: none }),
      {
        leave: ({ content }) => {
          if (content !== null && wanted.has(content)) ordered.push(content);
        },
      },
    );
    return ordered;
  }

  /** At least one cycle of each strongly connected component that has one. */
  get cycles(): readonly (readonly T[])[] {
    this.#nodes ??= this.#toNodes();
    const cycles: (readonly T[])[] = [];
    /** Nodes of components with a known cycle: a path is walked once, so the time stays linear. */
    const known = new Set<Node<T>>();
    depthFirst(this.#nodes.values(), {
      closeCycle: (path, start) => {
        const cycle: Node<T>[] = [];
        for (let index = path.length - 1; cycle.at(-1) !== start; index -= 1) {
          const node = path[index];
          if (node === undefined || known.has(node)) return;
          known.add(node);
          cycle.push(node);
        }
        cycles.push(cycle.reverse().flatMap(({ content }) => content ?? []));
      },
    });
    return cycles;
  }

  #toNodes(): ReadonlyMap<T, Node<T>> {
    const nodes = new Map<T, { content: T; next: Node<T>[] }>();
    const nodeOf = (process: T): Node<T> & { next: Node<T>[] } => {
      const node = nodes.get(process) ?? { content: process, next: [] };
      nodes.set(process, node);
      return node;
    };
    for (const process of this.#targets.keys()) nodeOf(process);
    const shared = new Map<Target<T>, Node<T>>();
    for (const [process, targets] of this.#targets)
      for (const target of targets) {
        const node = shared.get(target) ?? { content: null, next: target.members.map(nodeOf) };
        shared.set(target, node);
        nodeOf(process).next.push(node);
      }
    return nodes;
  }
}

const none: readonly never[] = [];
