// The parts of the daemon that every process uses.

import type { ActivityLog } from '../data-plane/main/activity-log.ts';
import type { DataPlane } from '../data-plane/main/data-plane.ts';
import type { TaskQueue } from '../event-loop/task-queue.ts';
import type { EventBus } from '../events/bus.ts';
import type { EventSerials } from '../events/numbering.ts';
import type { ProgramLimits } from '../linux/program-limits.ts';
import type { ChildFactory } from './child/child.ts';
import type { ProgramCgroups } from './child/program-cgroups.ts';
import type { Reaper } from './child/reaper.ts';
import type { Clock } from './clock.ts';
import type { DependencyTracker } from './dependencies/dependency-tracker.ts';
import type { PendingHooks } from './hooks/pending-hooks.ts';
import type { NotifySockets } from './notify/notify-sockets.ts';

export interface DaemonContext {
  readonly log: ActivityLog;
  readonly bus: EventBus;
  /** One counter for the lifetime of the daemon's process, across restarts in place. */
  readonly eventSerials: EventSerials;
  readonly dataPlane: DataPlane;
  readonly reaper: Reaper;
  readonly children: ChildFactory;
  readonly dependencies: DependencyTracker;
  readonly notifySockets: NotifySockets;
  readonly clock: Clock;
  readonly taskQueue: TaskQueue;
  readonly pendingHooks: PendingHooks;
  /** Null without a delegated cgroup. */
  readonly cgroups: ProgramCgroups | null;
  /** Null for the limits of the daemon. */
  readonly programLimits: ProgramLimits | null;
  /** The daemon's environment, without the variables that systemd sets for the daemon alone. */
  readonly environment: Readonly<Record<string, string>>;
  /** The value of `serverurl=AUTO`; null without a server. */
  readonly serverUrl: string | null;
  readonly childlogdir: string;
  readonly identifier: string;
  readonly stripAnsi: boolean;
}
