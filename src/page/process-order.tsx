// On the page of a process: what it depends on, what depends on it, and how its last start went.
import type { ProcessView, UnitView } from '../http/ui/api-types.ts';
import { useWords } from './messages.ts';
import { useOrder } from './order-page.tsx';
import { DependencyList } from './order-text.tsx';
import { addressOf } from './route.ts';
import { StartProgress } from './start-progress.tsx';

/** Nothing without dependencies. */
export function ProcessOrder({ process }: { readonly process: ProcessView }) {
  const words = useWords();
  const now = useOrder();
  const unit = now?.order.unitOf(process.id);
  if (!now || !unit) return null;
  return (
    <>
      <h3>
        <a href={addressOf({ view: 'order' })}>{words.order}</a>
      </h3>
      <div class="process-order card">
        {process.hindrance === undefined && process.unhealthy === undefined && (
          <p>
            <StartProgress process={process} />
          </p>
        )}
        <DependencyList dependencies={now.dependenciesOf(unit)} isLinked />
        <Names title={words.dependents} units={now.order.dependentsOf(unit)} />
        <Names
          title={words.stopsWith}
          units={unit.stopsWith.flatMap((target) => now.order.unitsOf(target))}
        />
        <Names
          title={words.restartsWith}
          units={unit.restartsWith.flatMap((target) => now.order.unitsOf(target))}
        />
      </div>
    </>
  );
}

function Names({ title, units }: { readonly title: string; readonly units: readonly UnitView[] }) {
  if (units.length === 0) return null;
  return (
    <div class="dependencies">
      <span class="muted">{title}</span>
      <ul>
        {units.map(({ name, ids }) => (
          <li key={ids[0]}>
            <a href={addressOf({ view: 'process', id: ids[0] ?? '' })}>{name}</a>
            {ids.length > 1 && ` ×${ids.length}`}
          </li>
        ))}
      </ul>
    </div>
  );
}
