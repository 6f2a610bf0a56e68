// Events of a process in the last hour, as a band and as a list.
import type { ProcessView, TimelineEvent } from '../http/ui/api-types.ts';
import { live } from './feed.ts';
import { moment, timeOfDay } from './format.ts';
import { exitText, useWords, type Words } from './messages.ts';
import { StateBadge } from './state-badge.tsx';
import { useStore } from './store.ts';
import { segments } from './timeline-segments.ts';

const hourMs = 3_600_000;
const quarterCount = [4, 3, 2, 1, 0] as const;
/** Newest first; a process that exits every second has thousands. */
const maxListed = 200;

interface TimelineProps {
  readonly process: ProcessView;
  /** Oldest first. */
  readonly events: readonly TimelineEvent[];
}

export function Timeline({ process, events }: TimelineProps) {
  const words = useWords();
  const { server, clockAhead } = useStore(live);
  const end = Date.now() + clockAhead * 1000;
  const begin = Math.max(end - hourMs, (server?.started ?? 0) * 1000);
  return (
    <div class="timeline card">
      <Band process={process} events={events} begin={begin} end={end} />
      <div class="axis" aria-hidden="true">
        {quarterCount.map((quarter) => (
          <span key={quarter}>{timeOfDay((end - (quarter * hourMs) / 4) / 1000).slice(0, 5)}</span>
        ))}
      </div>
      {events.length === 0 ? <p class="none">{words.noEvents}</p> : <EventTable events={events} />}
    </div>
  );
}

/** In thousandths of the hour. */
function Band({
  process,
  events,
  begin,
  end,
}: TimelineProps & { readonly begin: number; readonly end: number }) {
  const place = (at: number) => 1000 - ((end - at) / hourMs) * 1000;
  return (
    <svg class="band" viewBox="0 0 1000 24" preserveAspectRatio="none" aria-hidden="true">
      {segments(events, process.state, begin, end).map(({ state, from, to }) => (
        <rect
          key={from}
          class={state}
          x={place(from)}
          width={Math.max(1, place(to) - place(from))}
          height="24"
        />
      ))}
    </svg>
  );
}

function EventTable({ events }: { readonly events: readonly TimelineEvent[] }) {
  const words = useWords();
  return (
    <div class="events" role="region" aria-label={words.lastHour} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{words.time}</th>
            <th scope="col">{words.columns.state}</th>
            <th scope="col">{words.event}</th>
          </tr>
        </thead>
        <tbody>
          {events
            .slice(-maxListed)
            .toReversed()
            .map((event, index) => (
              <tr key={`${event.at} ${index}`}>
                <td>
                  <time dateTime={new Date(event.at).toISOString()}>
                    {moment(event.at / 1000, Date.now() / 1000)}
                  </time>
                </td>
                <td>
                  <StateBadge state={event.state} />
                </td>
                <td>{story(words, event)}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  );
}

function story(words: Words, { exit, problem }: TimelineEvent): string {
  return [problem, exit && exitText(words, exit)].filter(Boolean).join(' ');
}
