// What the configuration of a process says about its start, stop and restart, as the state machine uses it.
import type { AutoRestart, ProcessConfig } from '../../config/config.ts';
import { firstHindrance } from '../readiness/first-hindrance.ts';

export interface RestartPolicy {
  readonly name: string;
  readonly startMs: number;
  /** Within this time it must show that it is ready; null if `startMs` decides. */
  readonly readyMs: number | null;
  /** Why it is not ready as long as nothing else is known; empty if `startMs` decides. */
  readonly firstHindrance: string;
  /** How long it waits for its dependencies; null without limit. */
  readonly dependsMs: number | null;
  readonly startretries: number;
  readonly autorestart: AutoRestart;
  /** An expected exit is success at any time. */
  readonly oneshot: boolean;
  readonly exitcodes: readonly number[];
  readonly stopMs: number;
  /** The longest extension of the time to stop, from then on, that it can ask for at once. */
  readonly maxExtensionMs: number;
}

export function restartPolicy(config: ProcessConfig): RestartPolicy {
  const { ready, readyTimeout, dependsTimeout, oneshot } = config.extensions;
  return {
    name: config.name,
    startMs: config.startsecs * 1000,
    readyMs: ready === null ? null : readyTimeout,
    firstHindrance: ready === null ? '' : firstHindrance(ready),
    dependsMs: dependsTimeout,
    startretries: config.startretries,
    autorestart: config.autorestart,
    oneshot,
    exitcodes: config.exitcodes,
    stopMs: config.stopwaitsecs * 1000,
    maxExtensionMs: Math.max(config.stopwaitsecs * 1000, ready === null ? 0 : readyTimeout),
  };
}
