// Transitions by the end of a process that was RUNNING or is being stopped. Pure, like state-machine.ts.
import type { ExitStatus } from '../../linux/wait.ts';
import { codeOf, describeExit } from './exit-status.ts';
import type { Lifecycle } from './process-state.ts';
import type { RestartPolicy } from './restart-policy.ts';
import { announce, log, type Step } from './step.ts';

/** Throttles respawns: starts by autorestart are at least this far apart. */
const respawnIntervalMs = 1000;

export function isExpected(status: ExitStatus, policy: RestartPolicy): boolean {
  return status.kind === 'exited' && policy.exitcodes.includes(status.code);
}

export function badExit(status: ExitStatus): string {
  return `Bad exit code ${codeOf(status)}`;
}

/** It ended without being stopped. */
export function ended(
  life: Lifecycle,
  pid: number,
  status: ExitStatus,
  policy: RestartPolicy,
  now: number,
): Step {
  const expected = isExpected(status, policy);
  const exitStatus = codeOf(status);
  const restartAt = isRestarted(life, expected, policy) ? earliestRestart(life, now) : null;
  const what = `exited: ${policy.name} (${describeExit(status)}; ${expected ? 'expected' : 'not expected'})`;
  return {
    life: {
      ...life,
      state: { name: 'EXITED', restartAt },
      failures: 0,
      leftRunningAt: now,
      exitStatus,
      spawnError: expected ? '' : badExit(status),
    },
    effects: [
      log(expected ? 'info' : 'warn', what),
      announce({ to: 'EXITED', from: life.state.name, pid, expected }),
    ],
  };
}

/** It ended after it was told to stop. */
export function stopped(life: Lifecycle, pid: number, status: ExitStatus, policy: RestartPolicy): Step {
  return {
    life: { ...life, state: { name: 'STOPPED' }, failures: 0, exitStatus: codeOf(status), spawnError: '' },
    effects: [
      log(isExpected(status, policy) ? 'info' : 'warn', `stopped: ${policy.name} (${describeExit(status)})`),
      announce({ to: 'STOPPED', from: life.state.name, pid }),
    ],
  };
}

function isRestarted({ startForbidden }: Lifecycle, expected: boolean, policy: RestartPolicy): boolean {
  if (startForbidden || (policy.oneshot && expected)) return false;
  return policy.autorestart === 'always' || (policy.autorestart === 'unexpected' && !expected);
}

/** At once when it ran for a second or more; else a second after the last start, to prevent a fork storm. */
function earliestRestart(life: Lifecycle, now: number): number {
  return Math.max(now, (life.startedAt ?? now) + respawnIntervalMs);
}
