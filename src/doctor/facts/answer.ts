// The server's reply, with a timeout.
import { ConnectionError } from '../../client/connection.ts';
import type { ProcessInfo } from '../../client/process-info.ts';
import { HttpStatusError } from '../../client/rpc-client.ts';
import { type Server, ServerUrlError } from '../../client/server-address.ts';
import type { SupervisorClient } from '../../client/supervisor-client.ts';
import type { AnswerView } from '../machine-facts.ts';

const timeoutMs = 5000;

export interface Hearing {
  readonly answer: AnswerView;
  readonly processes: readonly ProcessInfo[];
}

export async function hear(client: SupervisorClient, { url }: Server): Promise<Hearing> {
  try {
    const pid = await soon(client.pid());
    const processes = await soon(client.allProcesses());
    return { answer: { kind: 'answered', pid, url }, processes };
  } catch (error) {
    return { answer: { kind: kindOf(error), url }, processes: [] };
  }
}

/** Rejects on timeout. */
export async function soon<T>(answer: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new SilenceError()), timeoutMs);
  try {
    return await Promise.race([answer, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

class SilenceError extends Error {
  override readonly name = 'SilenceError';
}

function kindOf(error: unknown): 'unreachable' | 'silent' | 'unauthorized' | 'strange' {
  if (error instanceof SilenceError) return 'silent';
  if (error instanceof ConnectionError || error instanceof ServerUrlError) return 'unreachable';
  return error instanceof HttpStatusError && error.status === 401 ? 'unauthorized' : 'strange';
}
