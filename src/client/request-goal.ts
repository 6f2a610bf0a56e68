// Requests a start or stop of several processes: in one call, so that the daemon follows their dependencies, or of a
// server that does not know that call, one by one. Does not wait for their effect.
import { faultCodes } from '../xmlrpc/faults.ts';
import { type ProcessResult, processName } from './process-info.ts';
import { FaultError } from './rpc-client.ts';
import type { SupervisorClient } from './supervisor-client.ts';

export type Goal = 'start' | 'stop';

export interface Answer {
  /** `name` or `group:name`. */
  readonly name: string;
  /** Null if the request was accepted; else the code and text of a fault. */
  readonly refusal: { readonly code: number; readonly text: string } | null;
}

/** Yields the answers in the order of `names`. Rejects like RpcClient.call, also when the server shuts down. */
export async function* requestGoal(
  client: SupervisorClient,
  names: readonly string[],
  goal: Goal,
): AsyncGenerator<Answer> {
  const results = names.length > 1 ? await requestTogether(client, names, goal) : null;
  for (const name of names) yield results ? answerIn(results, name) : await requestOne(client, name, goal);
}

/** Not one of them was requested: an older server, the original, or one of them was removed meanwhile. */
const refusalsOfAll: ReadonlySet<number> = new Set([faultCodes.UNKNOWN_METHOD, faultCodes.BAD_NAME]);

async function requestTogether(
  client: SupervisorClient,
  names: readonly string[],
  goal: Goal,
): Promise<ReadonlyMap<string, ProcessResult> | null> {
  try {
    const results = await client.actOnProcesses(goal, names, false);
    return new Map(results.map((result) => [processName(result), result]));
  } catch (error) {
    if (error instanceof FaultError && refusalsOfAll.has(error.code)) return null;
    throw error;
  }
}

function answerIn(results: ReadonlyMap<string, ProcessResult>, name: string): Answer {
  const result = results.get(name);
  if (!result) return { name, refusal: { code: faultCodes.FAILED, text: 'no answer' } };
  const { status: code, description: text } = result;
  return { name, refusal: code === faultCodes.SUCCESS ? null : { code, text } };
}

async function requestOne(client: SupervisorClient, name: string, goal: Goal): Promise<Answer> {
  try {
    if (goal === 'start') await client.startProcess(name, false);
    else await client.stopProcess(name, false);
    return { name, refusal: null };
  } catch (error) {
    if (!(error instanceof FaultError) || error.code === faultCodes.SHUTDOWN_STATE) throw error;
    return { name, refusal: error };
  }
}
