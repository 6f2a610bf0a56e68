// Dependencies as text: each with its condition, and whether it is met.
import { useWords } from './messages.ts';
import type { Dependency, DependencyStatus } from './order.ts';
import { addressOf } from './route.ts';

const signs: Readonly<Record<DependencyStatus, string>> = { met: '✓', unmet: '…', stuck: '✖' };

interface ListProps {
  readonly dependencies: readonly Dependency[];
  readonly isLinked: boolean;
}

export function DependencyList({ dependencies, isLinked }: ListProps) {
  const words = useWords();
  if (dependencies.length === 0) return null;
  return (
    <div class="dependencies">
      <span class="muted">{words.dependsOn}</span>
      <ul>
        {dependencies.map(({ name, condition, status, units }, index) => (
          <li key={index} class={status}>
            <span class="sign" aria-hidden="true">
              {signs[status]}
            </span>
            <Name name={name} id={isLinked ? units[0]?.ids[0] : undefined} /> ({words.conditions[condition]}){' '}
            <span class="muted">{words.dependencyStatus[status]}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Name({ name, id }: { readonly name: string; readonly id: string | undefined }) {
  return id === undefined ? <span>{name}</span> : <a href={addressOf({ view: 'process', id })}>{name}</a>;
}
