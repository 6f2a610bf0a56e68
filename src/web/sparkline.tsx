// A small line of the last minutes. The number beside it says what it says.
import { KEPT_SAMPLES } from './live.ts';

const WIDTH = 60;
const HEIGHT = 16;

export function Sparkline({ values, least }: { readonly values: readonly number[]; readonly least: number }) {
  return (
    <svg class="sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      <polyline points={sparkPoints(values, least)} />
    </svg>
  );
}

/** The newest at the right edge. The top is the greatest of the values, or `least` if they are all smaller. */
export function sparkPoints(values: readonly number[], least: number): string {
  const top = Math.max(least, ...values);
  const step = WIDTH / (KEPT_SAMPLES - 1);
  return values
    .map((value, index) => {
      const x = WIDTH - (values.length - 1 - index) * step;
      return `${x.toFixed(1)},${(HEIGHT - 1 - (value / top) * (HEIGHT - 2)).toFixed(1)}`;
    })
    .join(' ');
}
