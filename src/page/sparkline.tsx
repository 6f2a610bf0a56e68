// A sparkline of the last minutes, decorative: the number next to it has the value.
import { keptSamples } from './daemon-state.ts';

const lineWidth = 60;
const graphHeight = 18;

interface LineProps {
  /** Newest last. */
  readonly values: readonly number[];
}

/** Full height is the maximum, but at least 10 %, so that an idle process stays flat. */
export function CpuLine({ values }: LineProps) {
  return <Sparkline values={values} top={Math.max(10, ...values)} />;
}

/** A constant value is drawn well below the top. */
export function MemoryLine({ values }: LineProps) {
  return <Sparkline values={values} top={Math.max(1, ...values) * 1.5} />;
}

function Sparkline({ values, top }: LineProps & { readonly top: number }) {
  const line = sparkPoints(values, top);
  const [first = ''] = line.split(',', 1);
  return (
    <svg
      class="sparkline"
      viewBox={`0 0 ${lineWidth} ${graphHeight}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <line class="base" x1="0" y1={graphHeight} x2={lineWidth} y2={graphHeight} />
      {values.length > 1 && (
        <>
          <polygon class="area" points={`${first},${graphHeight} ${line} ${lineWidth},${graphHeight}`} />
          <polyline class="line" points={line} />
        </>
      )}
    </svg>
  );
}

/** Newest at the right edge; `top` at the upper edge. */
export function sparkPoints(values: readonly number[], top: number): string {
  const step = lineWidth / (keptSamples - 1);
  return values
    .map((value, index) => {
      const x = lineWidth - (values.length - 1 - index) * step;
      return `${x.toFixed(1)},${(graphHeight - (value / top) * (graphHeight - 1)).toFixed(1)}`;
    })
    .join(' ');
}
