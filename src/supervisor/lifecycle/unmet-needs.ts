// Dependencies that are not met, as text for people.
import type { UnmetNeed } from './process-state.ts';

const maxShown = 3;

/**
 * `waiting for db (ready), api (healthy: answered with status 404)`; a dependency that will not be met by itself shows its
 * state.
 */
export function waitsFor(needs: readonly UnmetNeed[]): string {
  const shown = needs.slice(0, maxShown).map(inWords);
  const more = needs.length - shown.length;
  return `waiting for ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function inWords({ name, condition, stuck, failure }: UnmetNeed): string {
  return `${name} (${stuck ?? condition}${failure === '' ? '' : `: ${failure}`})`;
}

/** Also in the order. */
export function areSame(before: readonly UnmetNeed[], after: readonly UnmetNeed[]): boolean {
  return (
    before.length === after.length &&
    before.every(({ name, condition, stuck, failure }, index) => {
      const other = after[index];
      return (
        name === other?.name &&
        condition === other.condition &&
        stuck === other.stuck &&
        failure === other.failure
      );
    })
  );
}
