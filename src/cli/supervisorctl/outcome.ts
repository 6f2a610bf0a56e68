// Reports the outcome of an operation on a process: its line and its effect on the exit status.
import { type ProcessResult, processName } from '../../client/process-info.ts';
import { FaultError } from '../../client/rpc-client.ts';
import { faultCodes } from '../../xmlrpc/faults.ts';
import { print } from '../output.ts';
import { exitStatuses, type Session } from './session.ts';
import { CommandError } from './unexpected-error.ts';

/** The messages of one kind of operation: success, failures, and the failure that counts as success. */
export interface OutcomeWords {
  readonly done: string;
  readonly errors: ReadonlyMap<number, string>;
  readonly ignored: number | null;
}

export interface Outcome {
  readonly name: string;
  /** 80 or a fault code. */
  readonly code: number;
  readonly text: string;
}

export const startWords: OutcomeWords = {
  done: 'started',
  errors: new Map([
    [faultCodes.BAD_NAME, 'no such process'],
    [faultCodes.NO_FILE, 'no such file'],
    [faultCodes.NOT_EXECUTABLE, 'file is not executable'],
    [faultCodes.ALREADY_STARTED, 'already started'],
    [faultCodes.SPAWN_ERROR, 'spawn error'],
    [faultCodes.ABNORMAL_TERMINATION, 'abnormal termination'],
  ]),
  ignored: faultCodes.ALREADY_STARTED,
};

const signalErrors = new Map<number, string>([
  [faultCodes.BAD_NAME, 'no such process'],
  [faultCodes.BAD_SIGNAL, 'bad signal name'],
  [faultCodes.NOT_RUNNING, 'not running'],
]);

export const stopWords: OutcomeWords = {
  done: 'stopped',
  errors: signalErrors,
  ignored: faultCodes.NOT_RUNNING,
};
export const signalWords: OutcomeWords = { done: 'signalled', errors: signalErrors, ignored: null };
export const clearWords: OutcomeWords = {
  done: 'cleared',
  errors: new Map([
    [faultCodes.BAD_NAME, 'no such process'],
    [faultCodes.FAILED, 'failed'],
  ]),
  ignored: null,
};

/** Prints the line. Throws CommandError for a code without a message. */
export function report(session: Session, { name, code, text }: Outcome, words: OutcomeWords): void {
  print(outcomeLine({ name, code, text }, words));
  if (code === faultCodes.SUCCESS || code === words.ignored) return;
  session.exitStatus = deadCodes.has(code) ? exitStatuses.notRunning : exitStatuses.generic;
}

/** The outcome of a call for the single process `name`; errors other than faults are rethrown. */
export async function outcomeOf(name: string, call: Promise<void>): Promise<Outcome> {
  try {
    await call;
    return { name, code: faultCodes.SUCCESS, text: '' };
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    return { name, code: error.code, text: error.text };
  }
}

export function outcomeOfResult(result: ProcessResult): Outcome {
  return { name: processName(result), code: result.status, text: result.description };
}

const deadCodes: ReadonlySet<number> = new Set([
  faultCodes.SPAWN_ERROR,
  faultCodes.ABNORMAL_TERMINATION,
  faultCodes.NOT_RUNNING,
]);

function outcomeLine({ name, code, text }: Outcome, words: OutcomeWords): string {
  if (code === faultCodes.SUCCESS) return `${name}: ${words.done}`;
  const error = words.errors.get(code);
  if (error !== undefined) return `${name}: ERROR (${error})`;
  // A signal that could not be sent: the fault text has the reason.
  if (code === faultCodes.FAILED && words.errors === signalErrors) return text;
  throw new CommandError('ValueError', `Unknown result code ${code} for ${name}`);
}
