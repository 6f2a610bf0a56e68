// A DaemonContext without a daemon: a real data plane, log and bus, no cgroups.
import type { SupervisordConfig } from '../../src/config/config.ts';
import { ActivityLog } from '../../src/data-plane/main/activity-log.ts';
import { DataPlane } from '../../src/data-plane/main/data-plane.ts';
import { TaskQueue } from '../../src/event-loop/task-queue.ts';
import { EventBus } from '../../src/events/bus.ts';
import { EventSerials } from '../../src/events/numbering.ts';
import { Reaper } from '../../src/supervisor/child/reaper.ts';
import { SpawnedChildren } from '../../src/supervisor/child/spawned-children.ts';
import { monotonicClock } from '../../src/supervisor/clock.ts';
import type { DaemonContext } from '../../src/supervisor/daemon-context.ts';
import { DependencyTracker } from '../../src/supervisor/dependencies/dependency-tracker.ts';
import { PendingHooks } from '../../src/supervisor/hooks/pending-hooks.ts';
import { NotifySockets } from '../../src/supervisor/notify/notify-sockets.ts';

export class TestContext {
  readonly #dataPlane = DataPlane.start(
    () => {},
    () => {},
  );
  readonly #log: ActivityLog;
  readonly #reaper: Reaper;
  readonly #notifySockets: NotifySockets;

  constructor(supervisord: SupervisordConfig) {
    this.#log = ActivityLog.open(supervisord, this.#dataPlane, false);
    this.#reaper = new Reaper(this.#log);
    this.#notifySockets = new NotifySockets(this.#dataPlane, monotonicClock, this.#log);
  }

  /** A new bus on each call; the rest is shared. */
  daemon(more: Partial<DaemonContext> = {}): DaemonContext {
    const [log, dataPlane, reaper] = [this.#log, this.#dataPlane, this.#reaper];
    const clock = more.clock ?? monotonicClock;
    const taskQueue = new TaskQueue();
    return {
      ...{ log, dataPlane, reaper, bus: new EventBus(), eventSerials: new EventSerials() },
      ...{ children: new SpawnedChildren(dataPlane, reaper), clock },
      ...{
        taskQueue,
        dependencies: new DependencyTracker(taskQueue),
        notifySockets: this.#notifySockets,
        pendingHooks: new PendingHooks(log, clock),
        cgroups: null,
        environment: {},
      },
      programLimits: null,
      ...{ serverUrl: null, childlogdir: '/tmp', identifier: 'supervisor', stripAnsi: false },
      ...more,
    };
  }

  async end(): Promise<void> {
    this.#reaper.stop();
    this.#notifySockets.close();
    this.#log.close();
    await this.#dataPlane.stop();
  }
}
