// The last lines of a process that is not running, in colour, with a link to the whole log.
import { useEffect, useRef } from 'preact/hooks';
import type { LastOutput } from '../http/ui/api-types.ts';
import { LogLines } from './log-lines.ts';
import { useWords } from './messages.ts';
import { addressOf } from './route.ts';

interface LastOutputProps {
  readonly id: string;
  readonly output: LastOutput;
}

export function LastLines({ id, output: { channel, text } }: LastOutputProps) {
  const words = useWords();
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (place.current) new LogLines(place.current).append(text);
    return () => place.current?.replaceChildren();
  }, [text]);
  return (
    <section aria-labelledby="last-output">
      <h3 id="last-output">{words.lastLinesOf[channel]}</h3>
      <div class="last-output card">
        <div ref={place} class="lines wrapped" role="log" aria-live="off" tabIndex={0} />
        <a class="button" href={addressOf({ view: 'log', id, channel })}>
          {words.logOf[channel]}
        </a>
      </div>
    </section>
  );
}
