// A transition as an event on the bus.
import type { ProcessStateEvent } from '../../events/types.ts';
import type { StateChange } from './step.ts';

export function stateChangeEvent(change: StateChange, process: string, group: string): ProcessStateEvent {
  const names = { process, group, fromState: change.from };
  switch (change.to) {
    case 'STARTING':
      return { type: 'PROCESS_STATE_STARTING', ...names, tries: change.tries };
    case 'BACKOFF':
      return { type: 'PROCESS_STATE_BACKOFF', ...names, tries: change.tries };
    case 'RUNNING':
      return { type: 'PROCESS_STATE_RUNNING', ...names, pid: change.pid };
    case 'STOPPING':
      return { type: 'PROCESS_STATE_STOPPING', ...names, pid: change.pid };
    case 'STOPPED':
      return { type: 'PROCESS_STATE_STOPPED', ...names, pid: change.pid };
    case 'EXITED':
      return { type: 'PROCESS_STATE_EXITED', ...names, pid: change.pid, expected: change.expected };
    case 'FATAL':
      return { type: 'PROCESS_STATE_FATAL', ...names };
    case 'UNKNOWN':
      return { type: 'PROCESS_STATE_UNKNOWN', ...names };
  }
}
