// Progress of the running operations, at the edge of the page.

import { failureText, useWords, type Words } from './messages.ts';
import { dismiss, type Work, works } from './operations.ts';
import { useStore } from './store.ts';

const maxShownFailures = 5;

export function WorkList() {
  const all = useStore(works);
  return (
    <div class="works" role="log" aria-live="polite">
      {all.map((work) => (
        <WorkNotice key={work.number} work={work} />
      ))}
    </div>
  );
}

function WorkNotice({ work }: { readonly work: Work }) {
  const words = useWords();
  const { task, total, done, failures, state } = work;
  return (
    <section class={`work ${failures.length > 0 || state === 'outdated' ? 'bad' : ''}`}>
      <p>
        <strong>{words.tasks[task]}</strong> <span class="outcome">{outcome(words, work)}</span>
        {state !== 'going on' && (
          <button type="button" class="icon" aria-label={words.dismiss} onClick={() => dismiss(work.number)}>
            ✕
          </button>
        )}
      </p>
      {state === 'going on' && (
        <progress {...(total === null ? {} : { max: Math.max(1, total), value: done })} />
      )}
      {failures.length > 0 && (
        <ul>
          {failures.slice(0, maxShownFailures).map((failure) => (
            <li key={failure.of}>
              {failure.of && <b>{failure.of}: </b>}
              {failureText(words, failure)}
            </li>
          ))}
          {failures.length > maxShownFailures && <li>…</li>}
        </ul>
      )}
    </section>
  );
}

function outcome(words: Words, { state, total, done, failures }: Work): string {
  if (state === 'outdated') return words.outdated;
  const failed = failures.length > 0 ? [words.failedCount(failures.length)] : [];
  if (state === 'finished' && total === 0) return words.nothingToDo;
  const progress = total === null || total === 1 ? [] : [words.progress(done, total)];
  const end = state === 'finished' && failures.length === 0 ? [words.finished] : [];
  return [...progress, ...end, ...failed].join(', ');
}
