// Requests a start or stop of many processes, then polls until each has reached its goal or failed.
// Prints nothing.
import { faultCodes } from '../xmlrpc/faults.ts';
import { type ProcessInfo, processName } from './process-info.ts';
import { type Answer, type Goal, requestGoal } from './request-goal.ts';
import type { SupervisorClient } from './supervisor-client.ts';

export type { Goal };

export type Verdict =
  /** `reason`: what it waits for; empty if that is not known. */
  | { readonly kind: 'waiting'; readonly state: string; readonly reason: string }
  /** It was not running when its stop was requested. */
  | { readonly kind: 'idle' }
  | { readonly kind: 'done'; readonly text: string }
  | { readonly kind: 'failed'; readonly reason: string };

export interface Progress {
  /** `name` or `group:name`. */
  readonly name: string;
  readonly verdict: Verdict;
}

/** The names still waited for, each with what it waits for; empty if that is not known. */
export type Waiting = ReadonlyMap<string, string>;

export interface WaitOptions {
  /** False: return after the requests. */
  readonly wait: boolean;
  /** Null: no timeout. */
  readonly timeoutMs: number | null;
}

/**
 * Requests the goal for every process and waits for the outcomes. Calls `onProgress` with each outcome, and after each
 * poll with null, together with what is still waited for. Resolves to the verdicts in the order of `names`. Rejects
 * like RpcClient.call.
 */
export async function requestAndWait(
  client: SupervisorClient,
  names: readonly string[],
  goal: Goal,
  options: WaitOptions,
  onProgress: (outcome: Progress | null, waiting: Waiting) => void,
): Promise<Progress[]> {
  const verdicts = new Map<string, Verdict>();
  const waiting = new Map<string, string>();
  const judge = (name: string, verdict: Verdict): void => {
    verdicts.set(name, verdict);
    if (verdict.kind === 'waiting') {
      waiting.set(name, verdict.reason);
    } else {
      waiting.delete(name);
      onProgress({ name, verdict }, waiting);
    }
  };
  for await (const answer of requestGoal(client, names, goal))
    judge(answer.name, await verdictOnAnswer(client, answer, goal, options.wait));
  const deadline =
    options.timeoutMs === null ? Number.POSITIVE_INFINITY : performance.now() + options.timeoutMs;
  for (let delayMs = minDelayMs; waiting.size > 0; delayMs = Math.min(delayMs * 2, maxDelayMs)) {
    await Bun.sleep(Math.max(0, Math.min(delayMs, deadline - performance.now())));
    await poll(client, waiting, goal, judge);
    onProgress(null, waiting);
    if (performance.now() >= deadline)
      for (const name of waiting.keys()) judge(name, late(verdicts.get(name)));
  }
  return [...verdicts].map(([name, verdict]) => ({ name, verdict }));
}

/** Exponential back-off of the polls, from soon after the request to an interval that a person does not notice. */
const minDelayMs = 10;
const maxDelayMs = 500;

const requested: Readonly<Record<Goal, string>> = { start: 'start requested', stop: 'stop requested' };
const justRequested: Verdict = { kind: 'waiting', state: '', reason: '' };

async function verdictOnAnswer(
  client: SupervisorClient,
  { name, refusal }: Answer,
  goal: Goal,
  wait: boolean,
): Promise<Verdict> {
  if (refusal === null) return wait ? justRequested : { kind: 'done', text: requested[goal] };
  // The reason is in the process information, not in the fault.
  if (refusal.code === faultCodes.SPAWN_ERROR && wait) return justRequested;
  if (refusal.code === faultCodes.ALREADY_STARTED && goal === 'start')
    return startedBefore(client, name, wait);
  if (refusal.code === faultCodes.NOT_RUNNING && goal === 'stop') return { kind: 'idle' };
  return { kind: 'failed', reason: refusal.text };
}

/** ALREADY_STARTED does not distinguish RUNNING from STARTING and BACKOFF, so the state decides. */
async function startedBefore(client: SupervisorClient, name: string, wait: boolean): Promise<Verdict> {
  const process = await client.process(name);
  if (process.statename === 'RUNNING') return { kind: 'done', text: 'already running' };
  const verdict = startVerdict(process);
  return verdict.kind === 'waiting' && !wait ? { kind: 'done', text: 'already starting' } : verdict;
}

async function poll(
  client: SupervisorClient,
  waiting: Waiting,
  goal: Goal,
  judge: (name: string, verdict: Verdict) => void,
): Promise<void> {
  const now = new Map((await client.allProcesses()).map((process) => [processName(process), process]));
  for (const name of waiting.keys()) {
    const process = now.get(name);
    judge(name, process ? verdictOn(process, goal) : { kind: 'failed', reason: 'it was removed meanwhile' });
  }
}

/** The verdict on a process's state for the goal. */
export function verdictOn(process: ProcessInfo, goal: Goal): Verdict {
  return goal === 'start' ? startVerdict(process) : stopVerdict(process);
}

function startVerdict({ statename, spawnerr, description, waiting }: ProcessInfo): Verdict {
  switch (statename) {
    case 'RUNNING':
      return { kind: 'done', text: 'started' };
    case 'STARTING':
      // What it waits for is down, and only a request would start it.
      if (waiting.some(({ stuck }) => stuck !== null)) return { kind: 'failed', reason: description };
      return { kind: 'waiting', state: statename, reason: description };
    case 'EXITED':
      return spawnerr === ''
        ? { kind: 'done', text: 'started, and ended' }
        : { kind: 'failed', reason: spawnerr };
    case 'BACKOFF':
      return {
        kind: 'failed',
        reason: `${spawnerr || 'it does not stay up'}; BACKOFF until it is tried again or given up`,
      };
    case 'FATAL':
      return { kind: 'failed', reason: spawnerr || 'it does not stay up' };
    default:
      return { kind: 'failed', reason: `it is ${statename} now` };
  }
}

function stopVerdict({ statename }: ProcessInfo): Verdict {
  switch (statename) {
    case 'STOPPED':
    case 'EXITED':
    case 'FATAL':
      return { kind: 'done', text: 'stopped' };
    case 'UNKNOWN':
      return { kind: 'failed', reason: 'supervisord could not signal it' };
    default:
      return { kind: 'waiting', state: statename, reason: '' };
  }
}

function late(verdict: Verdict | undefined): Verdict {
  if (verdict?.kind !== 'waiting' || verdict.state === '')
    return { kind: 'failed', reason: 'no answer when the time was up' };
  const { state, reason } = verdict;
  return { kind: 'failed', reason: `still ${state} when the time was up${reason && `: ${reason}`}` };
}
