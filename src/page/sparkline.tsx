// A small line of the last minutes. The number beside it says what it says.
import { KEPT_SAMPLES } from './daemon-state.ts';

const WIDTH = 60;
const HEIGHT = 18;

interface LineProps {
  /** The newest last. */
  readonly values: readonly number[];
}

/** At full height: the greatest value, or 10 % where all are smaller, so that idling stays flat. */
export function CpuLine({ values }: LineProps) {
  return <Sparkline values={values} top={Math.max(10, ...values)} />;
}

/** What stays as it is lies well below the top. */
export function MemoryLine({ values }: LineProps) {
  return <Sparkline values={values} top={Math.max(1, ...values) * 1.5} />;
}

function Sparkline({ values, top }: LineProps & { readonly top: number }) {
  const line = sparkPoints(values, top);
  const [first = ''] = line.split(',', 1);
  return (
    <svg class="sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      <line class="base" x1="0" y1={HEIGHT} x2={WIDTH} y2={HEIGHT} />
      {values.length > 1 && (
        <>
          <polygon class="area" points={`${first},${HEIGHT} ${line} ${WIDTH},${HEIGHT}`} />
          <polyline class="line" points={line} />
        </>
      )}
    </svg>
  );
}

/** The newest at the right edge; `top` at the upper one. */
export function sparkPoints(values: readonly number[], top: number): string {
  const step = WIDTH / (KEPT_SAMPLES - 1);
  return values
    .map((value, index) => {
      const x = WIDTH - (values.length - 1 - index) * step;
      return `${x.toFixed(1)},${(HEIGHT - (value / top) * (HEIGHT - 1)).toFixed(1)}`;
    })
    .join(' ');
}
