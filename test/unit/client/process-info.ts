// A process as a server describes it, for tests that care about a few members only.
import type { ProcessInfo } from '../../../src/client/process-info.ts';

export function processInfo(members: Partial<ProcessInfo>): ProcessInfo {
  return {
    name: 'x',
    group: 'x',
    state: 0,
    statename: 'STOPPED',
    description: '',
    pid: 0,
    start: 0,
    stop: 0,
    now: 0,
    exitstatus: 0,
    spawnerr: '',
    stdoutLogfile: '',
    stderrLogfile: '',
    waiting: [],
    completed: false,
    statusText: null,
    reloading: false,
    ...members,
  };
}
