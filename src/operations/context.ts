// The supervisor that methods act on, and the requester.
import type { Requester } from '../supervisor/requester.ts';
import type { Supervisor } from '../supervisor/supervisor.ts';

export interface OperationContext {
  readonly supervisor: Supervisor;
  readonly identifier: string;
  /** Path of the activity log; null when its target is no file. */
  readonly mainLogPath: string | null;
}

/** A context for one request. */
export interface RequestContext extends OperationContext {
  /** The requester; determined when it is first needed. */
  readonly requester: () => Requester;
}
