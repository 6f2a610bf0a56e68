// Requests a start or stop of many processes, then polls until each has reached its goal or failed.
// Prints nothing.
import { faultCodes } from '../xmlrpc/faults.ts';
import { type ProcessInfo, processName } from './process-info.ts';
import { FaultError } from './rpc-client.ts';
import type { SupervisorClient } from './supervisor-client.ts';

export type Goal = 'start' | 'stop';

export type Verdict =
  | { readonly kind: 'waiting'; readonly state: string }
  | { readonly kind: 'done'; readonly text: string }
  | { readonly kind: 'failed'; readonly reason: string };

export interface Progress {
  /** `name` or `group:name`. */
  readonly name: string;
  readonly verdict: Verdict;
}

export interface WaitOptions {
  /** False: return after the requests. */
  readonly wait: boolean;
  /** Null: no timeout. */
  readonly timeoutMs: number | null;
}

/**
 * Requests the goal for every process and waits for the outcomes. Calls `onProgress` with each outcome, and after each
 * poll with null, together with the names still waited for. Resolves to the verdicts in the order of `names`. Rejects
 * like RpcClient.call.
 */
export async function requestAndWait(
  client: SupervisorClient,
  names: readonly string[],
  goal: Goal,
  options: WaitOptions,
  onProgress: (outcome: Progress | null, waiting: ReadonlySet<string>) => void,
): Promise<Progress[]> {
  const verdicts = new Map<string, Verdict>();
  const waiting = new Set<string>();
  const judge = (name: string, verdict: Verdict): void => {
    verdicts.set(name, verdict);
    if (verdict.kind === 'waiting') {
      waiting.add(name);
    } else {
      waiting.delete(name);
      onProgress({ name, verdict }, waiting);
    }
  };
  for (const name of names) judge(name, await request(client, name, goal, options.wait));
  const deadline =
    options.timeoutMs === null ? Number.POSITIVE_INFINITY : performance.now() + options.timeoutMs;
  for (let delayMs = minDelayMs; waiting.size > 0; delayMs = Math.min(delayMs * 2, maxDelayMs)) {
    await Bun.sleep(Math.max(0, Math.min(delayMs, deadline - performance.now())));
    await poll(client, waiting, goal, judge);
    onProgress(null, waiting);
    if (performance.now() >= deadline) for (const name of waiting) judge(name, late(verdicts.get(name)));
  }
  return [...verdicts].map(([name, verdict]) => ({ name, verdict }));
}

/** Exponential back-off of the polls, from soon after the request to an interval that a person does not notice. */
const minDelayMs = 10;
const maxDelayMs = 500;

const requested: Readonly<Record<Goal, string>> = { start: 'start requested', stop: 'stop requested' };

async function request(client: SupervisorClient, name: string, goal: Goal, wait: boolean): Promise<Verdict> {
  try {
    if (goal === 'start') await client.startProcess(name, false);
    else await client.stopProcess(name, false);
    return wait ? { kind: 'waiting', state: '' } : { kind: 'done', text: requested[goal] };
  } catch (error) {
    if (!(error instanceof FaultError) || error.code === faultCodes.SHUTDOWN_STATE) throw error;
    // The reason is in the process information, not in the fault.
    if (error.code === faultCodes.SPAWN_ERROR && wait) return { kind: 'waiting', state: '' };
    if (error.code === faultCodes.ALREADY_STARTED && goal === 'start')
      return startedBefore(client, name, wait);
    if (error.code === faultCodes.NOT_RUNNING && goal === 'stop')
      return { kind: 'done', text: 'not running' };
    return { kind: 'failed', reason: error.text };
  }
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
  waiting: ReadonlySet<string>,
  goal: Goal,
  judge: (name: string, verdict: Verdict) => void,
): Promise<void> {
  const now = new Map((await client.allProcesses()).map((process) => [processName(process), process]));
  for (const name of waiting) {
    const process = now.get(name);
    judge(name, process ? verdictOn(process, goal) : { kind: 'failed', reason: 'it was removed meanwhile' });
  }
}

/** The verdict on a process's state for the goal. */
export function verdictOn(process: ProcessInfo, goal: Goal): Verdict {
  return goal === 'start' ? startVerdict(process) : stopVerdict(process);
}

function startVerdict({ statename, spawnerr }: ProcessInfo): Verdict {
  switch (statename) {
    case 'RUNNING':
      return { kind: 'done', text: 'started' };
    case 'STARTING':
      return { kind: 'waiting', state: statename };
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
      return { kind: 'waiting', state: statename };
  }
}

function late(verdict: Verdict | undefined): Verdict {
  const state = verdict?.kind === 'waiting' && verdict.state ? `still ${verdict.state}` : 'no answer';
  return { kind: 'failed', reason: `${state} when the time was up` };
}
