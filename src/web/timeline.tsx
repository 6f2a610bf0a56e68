// What happened to a process in the last hour: as a band, and in words.
import type { TimelineEvent } from '../http/web/wire.ts';
import { moment } from './quantities.ts';
import { StateBadge } from './state-badge.tsx';
import { exitText, useWords, type Words } from './words.ts';

const HOUR_MS = 3_600_000;
/** Of the newest; a process that dies every second has thousands. */
const MOST_LISTED = 200;

export function Timeline({ events }: { readonly events: readonly TimelineEvent[] }) {
  const words = useWords();
  if (events.length === 0) return <p class="empty">{words.noEvents}</p>;
  return (
    <>
      <Band events={events} />
      <div class="events">
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
              .slice(-MOST_LISTED)
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
    </>
  );
}

function story(words: Words, { exit, problem }: TimelineEvent): string {
  return [problem, exit && exitText(words, exit)].filter(Boolean).join(' ');
}

/** In thousandths of the hour; each state up to the next one. */
function Band({ events }: { readonly events: readonly TimelineEvent[] }) {
  const end = Date.now();
  const place = (at: number) => Math.max(0, 1000 - ((end - at) / HOUR_MS) * 1000);
  return (
    <svg class="band" viewBox="0 0 1000 24" preserveAspectRatio="none" aria-hidden="true">
      {events.map((event, index) => {
        const from = place(event.at);
        const to = place(events[index + 1]?.at ?? end);
        return (
          <rect
            key={`${event.at} ${index}`}
            class={event.state}
            x={from}
            width={Math.max(1, to - from)}
            height="24"
          />
        );
      })}
    </svg>
  );
}
