// What methods act upon, and for whom.
import type { Requester } from '../supervisor/requester.ts';
import type { Supervisor } from '../supervisor/supervisor.ts';

export interface OperationContext {
  readonly supervisor: Supervisor;
  readonly identifier: string;
  /** Of the activity log; null when it goes elsewhere than to a file. */
  readonly mainLogPath: string | null;
}

/** A context for one request. */
export interface RequestContext extends OperationContext {
  /** Who asks; looked up when it is first needed. */
  readonly requester: () => Requester;
}
