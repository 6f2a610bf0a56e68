// What methods act upon.
import type { Supervisor } from '../supervisor/supervisor.ts';

export interface OperationContext {
  readonly supervisor: Supervisor;
  readonly identifier: string;
  /** Of the activity log; null when it goes elsewhere than to a file. */
  readonly mainLogPath: string | null;
}
