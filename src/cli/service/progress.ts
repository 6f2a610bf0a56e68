// One line per step: what is being done, and the result.
import { write } from '../output.ts';
import type { StepOutput } from './steps.ts';

/** Interval of the elapsed-seconds display on a terminal. */
const countMs = 1000;

export function stepLines(): StepOutput {
  let title = '';
  let counting: ReturnType<typeof setInterval> | undefined;
  const terminal = process.stdout.isTTY === true;
  return {
    begin(next) {
      title = next;
      write(1, `${title} … `);
      if (!terminal) return;
      const started = Date.now();
      counting = setInterval(
        () => write(1, `\r${title} … ${Math.round((Date.now() - started) / 1000)} s `),
        countMs,
      );
    },
    end(outcome) {
      clearInterval(counting);
      write(1, terminal ? `\r\x1b[K${title} … ${outcome}\n` : `${outcome}\n`);
    },
  };
}
