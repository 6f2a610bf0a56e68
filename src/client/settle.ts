// Starting and stopping many processes at once: ask for each, then watch them all until each is where it should be.
// Nothing is printed here.
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

export interface RequestTimeout {
  /** False: ask, and leave it at that. */
  readonly wait: boolean;
  /** Null: as long as it takes. */
  readonly timeoutMs: number | null;
}

/**
 * Brings the processes to the goal. `onProgress` is told when a process is settled, and after each look, with the
 * names of those that still wait. Resolves to the verdicts in the order of `names`. Rejects as RpcClient.call does.
 */
export async function settle(
  client: SupervisorClient,
  names: readonly string[],
  goal: Goal,
  patience: RequestTimeout,
  onProgress: (settled: Progress | null, waiting: ReadonlySet<string>) => void,
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
  for (const name of names) judge(name, await ask(client, name, goal, patience.wait));
  const deadline =
    patience.timeoutMs === null ? Number.POSITIVE_INFINITY : performance.now() + patience.timeoutMs;
  for (let pauseMs = firstLookMs; waiting.size > 0; pauseMs = Math.min(pauseMs * 2, maxPauseMs)) {
    await Bun.sleep(Math.max(0, Math.min(pauseMs, deadline - performance.now())));
    await look(client, waiting, goal, judge);
    onProgress(null, waiting);
    if (performance.now() >= deadline) for (const name of waiting) judge(name, late(verdicts.get(name)));
  }
  return [...verdicts].map(([name, verdict]) => ({ name, verdict }));
}

/** The first looks come soon after the request, later ones no more often than a person notices. */
const firstLookMs = 10;
const maxPauseMs = 500;

const asked: Readonly<Record<Goal, string>> = { start: 'start requested', stop: 'stop requested' };

async function ask(client: SupervisorClient, name: string, goal: Goal, wait: boolean): Promise<Verdict> {
  try {
    if (goal === 'start') await client.startProcess(name, false);
    else await client.stopProcess(name, false);
    return wait ? { kind: 'waiting', state: '' } : { kind: 'done', text: asked[goal] };
  } catch (error) {
    if (!(error instanceof FaultError) || error.code === faultCodes.SHUTDOWN_STATE) throw error;
    // The reason stands with the process, not in the fault.
    if (error.code === faultCodes.SPAWN_ERROR && wait) return { kind: 'waiting', state: '' };
    if (error.code === faultCodes.ALREADY_STARTED && goal === 'start')
      return startedBefore(client, name, wait);
    if (error.code === faultCodes.NOT_RUNNING && goal === 'stop')
      return { kind: 'done', text: 'not running' };
    return { kind: 'failed', reason: error.text };
  }
}

/** The fault says that it was started, which is true of a process that starts and of one that fails, too. */
async function startedBefore(client: SupervisorClient, name: string, wait: boolean): Promise<Verdict> {
  const process = await client.process(name);
  if (process.statename === 'RUNNING') return { kind: 'done', text: 'already running' };
  const verdict = startVerdict(process);
  return verdict.kind === 'waiting' && !wait ? { kind: 'done', text: 'already starting' } : verdict;
}

async function look(
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

/** What a process's state means to one who waits for the goal. */
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
