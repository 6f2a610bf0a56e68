// One operation on many processes: an outcome for each, in the order of completion.
import { TimeSlice } from '../event-loop/time-slice.ts';
import type { Process } from '../supervisor/process.ts';
import type { Requester } from '../supervisor/requester.ts';
import { OperationError } from './operation-error.ts';

/** `error` is null on success. */
export interface Outcome {
  readonly process: Process;
  readonly error: OperationError | null;
}

/** Parameters of an operation on several processes. */
export interface BatchRequest {
  readonly by: Requester;
  /** The name of a process in errors. */
  readonly labelOf: (process: Process) => string;
  /** True: an outcome is that of the operation; false: that of the request. */
  readonly wait: boolean;
  readonly onOutcome?: OnOutcome;
}

export type ProcessOperation = (process: Process) => void | Promise<void>;

/** Called with each outcome as soon as it is known. */
export type OnOutcome = (outcome: Outcome) => void;

/**
 * Starts the operation on every process for which `isWanted` is true, then waits for all. `isWanted` is evaluated for each
 * at its turn, because states change in the meantime. Rejects only with errors other than OperationError.
 */
export async function onEach(
  processes: readonly Process[],
  isWanted: (process: Process) => boolean,
  operation: ProcessOperation,
  onOutcome: OnOutcome = () => {},
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  const add = (outcome: Outcome) => {
    outcomes.push(outcome);
    onOutcome(outcome);
  };
  const unfinished: Promise<void>[] = [];
  const slice = new TimeSlice();
  for (const process of processes) {
    if (isWanted(process)) {
      const pending = startOn(process, operation, add);
      if (pending) unfinished.push(pending);
    }
    if (slice.isOver) await slice.next();
  }
  await Promise.all(unfinished);
  return outcomes;
}

function startOn(process: Process, operation: ProcessOperation, add: OnOutcome): Promise<void> | null {
  const done = () => add({ process, error: null });
  const failed = (error: unknown) => {
    if (!(error instanceof OperationError)) throw error;
    add({ process, error });
  };
  try {
    const pending = operation(process);
    if (pending) return pending.then(done, failed);
    done();
  } catch (error) {
    failed(error);
  }
  return null;
}
