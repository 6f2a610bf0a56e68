// Operations the user has started: progress and failures.
import type { OperationRequest, Progress, Refusal } from '../http/ui/api-types.ts';
import { eachLine } from './lines.ts';
import { Store } from './store.ts';

export interface Failure {
  /** The id of a process, or a group. */
  readonly of: string;
  /** Name of an XML-RPC fault, or `CONNECTION`. */
  readonly fault: string;
  readonly detail: string;
}

export type Task = OperationRequest['operation'] | 'update' | 'reload' | 'shutdown';

export interface Work {
  readonly number: number;
  readonly task: Task;
  /** Null while unknown. */
  readonly total: number | null;
  readonly done: number;
  readonly failures: readonly Failure[];
  readonly state: 'going on' | 'finished' | 'outdated';
}

/** Newest last. */
export const works = new Store<readonly Work[]>([]);
/** The last failure of each process, until the next operation on it. */
export const failures = new Store<ReadonlyMap<string, Failure>>(new Map());

const shownMs = 6000;
let lastNumber = 0;

/** Resolves when it has finished, successfully or not. */
export async function operate(request: OperationRequest): Promise<void> {
  await begin(request.operation, 'ui/operation', request);
}

/** True if the plan was applied without a failure. */
export async function update(token: string): Promise<Work> {
  return begin('update', 'ui/update', { token });
}

export async function reload(): Promise<void> {
  await begin('reload', 'ui/reload', {});
}

export async function shutdown(): Promise<void> {
  await begin('shutdown', 'ui/shutdown', {});
}

export function dismiss(number: number): void {
  works.update((all) => all.filter((work) => work.number !== number));
}

export function forgetFailure(of: string): void {
  failures.update((known) => new Map([...known].filter(([id]) => id !== of)));
}

async function begin(task: Task, url: string, body: object): Promise<Work> {
  lastNumber += 1;
  let work: Work = { number: lastNumber, task, total: null, done: 0, failures: [], state: 'going on' };
  const show = (changed: Work) => {
    work = changed;
    works.update((all) => all.map((other) => (other.number === changed.number ? changed : other)));
  };
  works.update((all) => [...all, work]);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) show(failed(work, await refusalOf(response)));
    else if (response.headers.get('Content-Type') === 'application/x-ndjson' && response.body)
      await eachLine(response.body, (line) => show(advanced(work, JSON.parse(line))));
  } catch (error) {
    show(failed(work, { of: '', fault: 'CONNECTION', detail: String(error) }));
  }
  if (work.state === 'going on') show({ ...work, state: 'finished' });
  // Failures stay until dismissed.
  if (work.failures.length === 0) setTimeout(() => dismiss(work.number), shownMs);
  return work;
}

function advanced(work: Work, progress: Progress): Work {
  if ('total' in progress) return { ...work, total: progress.total };
  if ('outdated' in progress) return { ...work, state: 'outdated' };
  if ('done' in progress) {
    forgetFailure(progress.done);
    return { ...work, done: work.done + 1 };
  }
  const { failed: of, fault, detail } = progress;
  return failed({ ...work, done: work.done + 1 }, { of, fault, detail });
}

function failed(work: Work, failure: Failure): Work {
  failures.update((known) => new Map(known).set(failure.of, failure));
  return { ...work, failures: [...work.failures, failure] };
}

async function refusalOf(response: Response): Promise<Failure> {
  const text = await response.text();
  if (response.headers.get('Content-Type') !== 'application/json')
    return { of: '', fault: 'REFUSED', detail: text.trim() || response.statusText };
  const refusal: Refusal = JSON.parse(text);
  return { of: '', fault: refusal.fault ?? 'REFUSED', detail: refusal.error };
}
