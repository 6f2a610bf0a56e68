// The graph for Graphviz and Mermaid: from left to right in the order of start, an edge from what is waited for to what
// waits. One-shots have a double border. A name that stands for several units is a node of its own, so that the size is linear.
import type { Dependent, Target } from '../../config/dependencies.ts';
import { type Graph, isOneshot, labelOf, targetName } from './graph.ts';

/** For dot(1). */
export function dotGraph(graph: Graph): string {
  const { nodes, edges } = drawingOf(graph);
  const lines = [
    'digraph tsupervisor {',
    '  rankdir=LR;',
    '  node [shape=box];',
    ...nodes.map(({ id, label, kind }) => `  ${id} [label=${dotText(label)}${dotShapes[kind]}];`),
    ...edges.map(({ from, to, label, style }) => {
      const attributes = [
        ...(label === '' ? [] : [`label=${dotText(label)}`]),
        ...(style === 'solid' ? [] : [`style=${style}`]),
      ];
      return `  ${from} -> ${to}${attributes.length === 0 ? '' : ` [${attributes.join(', ')}]`};`;
    }),
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

/** For Mermaid, which GitHub, GitLab and many wikis draw. */
export function mermaidGraph(graph: Graph): string {
  const { nodes, edges } = drawingOf(graph);
  const lines = [
    'flowchart LR',
    ...nodes.map(({ id, label, kind }) => {
      const [open, close] = mermaidShapes[kind];
      return `  ${id}${open}${mermaidText(label)}${close}`;
    }),
    ...edges.map(({ from, to, label, style }) => {
      const arrow = style === 'solid' ? '-->' : '-.->';
      return `  ${from} ${arrow}${label === '' ? '' : `|${mermaidText(label)}|`} ${to}`;
    }),
  ];
  return `${lines.join('\n')}\n`;
}

const dotShapes: Readonly<Record<Node['kind'], string>> = {
  ...{ program: '', oneshot: ', peripheries=2', name: ', shape=ellipse' },
};

const mermaidShapes: Readonly<Record<Node['kind'], readonly [string, string]>> = {
  ...{ program: ['[', ']'], oneshot: ['[[', ']]'], name: ['([', '])'] },
};

interface Drawing {
  readonly nodes: readonly Node[];
  readonly edges: readonly Edge[];
}

interface Node {
  readonly id: string;
  readonly label: string;
  /** `name`: a name of several units. */
  readonly kind: 'program' | 'oneshot' | 'name';
}

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly label: string;
  readonly style: 'solid' | 'dashed' | 'dotted';
}

function drawingOf(graph: Graph): Drawing {
  const { plan } = graph;
  const ids = new Map(plan.units.map((unit, index) => [unit, `p${index}`]));
  const nodes: Node[] = plan.units.map((unit, index) => ({
    id: `p${index}`,
    label: labelOf(unit),
    kind: isOneshot(unit) ? 'oneshot' : 'program',
  }));
  const edges: Edge[] = [];
  const names = new Map<Target<Dependent>, string>();
  const nodeOf = (target: Target<Dependent>): string => {
    const known = names.get(target);
    if (known !== undefined) return known;
    const members = plan.unitsOf(target).flatMap((unit) => ids.get(unit) ?? []);
    const [only] = members;
    const id = only !== undefined && members.length === 1 ? only : `n${nodes.length - plan.units.length}`;
    names.set(target, id);
    if (id === only) return id;
    nodes.push({ id, label: targetName(target), kind: 'name' });
    edges.push(...members.map((from): Edge => ({ from, to: id, label: '', style: 'solid' })));
    return id;
  };
  plan.units.forEach((unit, index) => {
    const to = `p${index}`;
    for (const need of unit.needs) {
      const condition = graph.conditionOf(need) ?? '';
      edges.push({
        from: nodeOf(need.target),
        to,
        label: condition === 'ready' ? '' : condition,
        style: 'solid',
      });
    }
    for (const target of unit.stopsWith)
      edges.push({ from: nodeOf(target), to, label: 'stop', style: 'dashed' });
    for (const target of unit.restartsWith)
      edges.push({ from: nodeOf(target), to, label: 'restart', style: 'dotted' });
  });
  return { nodes, edges };
}

function dotText(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}

/** Mermaid has no escapes but entities, and reads Markdown and HTML in texts. */
function mermaidText(text: string): string {
  return `"${text.replaceAll(/[#"&<>`\\]/g, (character) => `#${character.charCodeAt(0)};`)}"`;
}
