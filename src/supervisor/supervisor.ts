// The supervisor: the active groups, the configuration as last read, and the state of the whole.
// It knows nothing of sockets, files and signals to itself; daemon.ts does.
import type { Config, GroupConfig } from '../config/config.ts';
import { diffGroups, type GroupDifference } from '../config/diff.ts';
import { TimeSlice } from '../event-loop/time-slice.ts';
import { startTicks } from '../events/ticks.ts';
import { analyseBoot, type Boot } from './boot.ts';
import type { DaemonContext } from './daemon-context.ts';
import { DaemonEnd, type DaemonEndSnapshot } from './daemon-end.ts';
import type { Group, GroupSnapshot } from './group.ts';
import { activateGroup } from './pools/activate-group.ts';
import type { Process } from './process.ts';
import { byConfiguration } from './requester.ts';
import { stopGroupsInTurn } from './shutdown.ts';
import { StartBatch } from './start-batch.ts';

export type SupervisorState = 'FATAL' | 'RUNNING' | 'RESTARTING' | 'SHUTDOWN';

export const supervisorStateCodes: Readonly<Record<SupervisorState, number>> = {
  FATAL: 2,
  RUNNING: 1,
  RESTARTING: 0,
  SHUTDOWN: -1,
};

/** What follows the shutdown. */
export type Ending = { readonly kind: 'restart' } | { readonly kind: 'exit'; readonly status: number };

/** Shorter than other time slices: the programs just started compete with clients for the CPU, too. */
const startSliceMs = 10;

/** State of the supervisor, its processes and their children. Serialisable. */
export interface SupervisorSnapshot {
  readonly nextSerial: number;
  readonly beganAt: number | null;
  readonly groups: readonly GroupSnapshot[];
  readonly end: DaemonEndSnapshot;
}

export class Supervisor {
  #state: SupervisorState = 'RUNNING';
  #config: Config;
  /** In the order of activation. */
  readonly #groups = new Map<string, Group>();
  #stopping: Promise<void> | null = null;
  #exitStatus = 0;
  readonly #end: DaemonEnd;
  /** When it began to start programs, on the clock of processes; null before. */
  #beganAt: number | null = null;
  readonly #ended = Promise.withResolvers<void>();

  constructor(
    config: Config,
    readonly daemon: DaemonContext,
    private readonly readConfig: () => Config,
  ) {
    this.#config = config;
    this.#end = new DaemonEnd(daemon, config.supervisord.exitWhenDone, (status) => this.exit(status));
    daemon.dependencies.follow(() => this.processesByPriority);
    for (const group of config.groups) this.#activate(group);
    this.#adoptOrphans();
  }

  get state(): SupervisorState {
    return this.#state;
  }

  /** The configuration as last read, which need not be the active one. */
  get config(): Config {
    return this.#config;
  }

  get groups(): ReadonlyMap<string, Group> {
    return this.#groups;
  }

  /** Ascending priority; equal ones in the order of activation. */
  get groupsByPriority(): readonly Group[] {
    return [...this.#groups.values()].toSorted((a, b) => a.config.priority - b.config.priority);
  }

  /** Of all groups, in the order in which "all" commands treat them. */
  get processesByPriority(): readonly Process[] {
    return this.groupsByPriority.flatMap((group) => group.processesByPriority);
  }

  snapshot(): SupervisorSnapshot {
    return {
      nextSerial: this.daemon.eventSerials.next,
      beganAt: this.#beganAt,
      groups: [...this.#groups.values()].map((group) => group.snapshot()),
      end: this.#end.snapshot(),
    };
  }

  /**
   * Continues from the snapshot of a supervisor with the same configuration, in place of `run`. The data plane of the
   * daemon must be restored; `resume` it afterwards.
   */
  restore({ nextSerial, beganAt, groups, end }: SupervisorSnapshot): void {
    this.daemon.eventSerials.next = nextSerial;
    this.#beganAt = beganAt;
    for (const group of groups) this.#groups.get(group.name)?.restore(group);
    this.#end.restore(end, this.processesByPriority);
    this.daemon.dependencies.lookUp();
    for (const process of this.processesByPriority) process.release();
  }

  /** Resolves when every process has stopped; rejects when stopping failed. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** How the start of its programs went. */
  get boot(): Boot<Process> {
    const { clock, dependencies } = this.daemon;
    return analyseBoot(this.processesByPriority, dependencies.current, this.#beganAt ?? clock.now());
  }

  /** What follows the shutdown, as requested so far. */
  get ending(): Ending {
    if (this.#state === 'RESTARTING') return { kind: 'restart' };
    return { kind: 'exit', status: this.#exitStatus };
  }

  /** Starts all processes with autostart. Resolves when each has had its first start attempt. */
  async run(): Promise<void> {
    this.#beganAt = this.daemon.clock.now();
    startTicks(this.daemon.bus);
    this.daemon.bus.emit({ type: 'SUPERVISOR_STATE_CHANGE_RUNNING' });
    await this.#autostart(this.groupsByPriority.flatMap((group) => group.processes));
  }

  /** Reads the configuration again and returns how it differs from the active groups. Throws ConfigError. */
  reread(): GroupDifference {
    this.#config = this.readConfig();
    return diffGroups(
      [...this.#groups.values()].map((group) => group.config),
      this.#config.groups,
    );
  }

  addGroup(name: string): 'added' | 'unknown' | 'already' {
    const config = this.#config.groups.find((group) => group.name === name);
    if (!config) return 'unknown';
    if (this.#groups.has(name)) return 'already';
    const group = this.#activate(config);
    this.#adoptOrphans();
    void this.#autostart(group.processes);
    return 'added';
  }

  removeGroup(name: string): 'removed' | 'unknown' | 'running' {
    const group = this.#groups.get(name);
    if (!group) return 'unknown';
    if (group.unstopped.length > 0) return 'running';
    for (const process of group.processes) process.forbidStart();
    group.dispose();
    this.#groups.delete(name);
    this.daemon.dependencies.removed(group.processes);
    this.#adoptOrphans();
    this.daemon.bus.emit({ type: 'PROCESS_GROUP_REMOVED', group: name });
    return 'removed';
  }

  /** Stops everything, highest priority number first. A shutdown requested during a restart wins. */
  shutdown(): void {
    this.#stopFor('SHUTDOWN');
  }

  /** A shutdown after which the daemon exits with that status. The first one counts. */
  exit(status: number): void {
    if (this.#state !== 'SHUTDOWN') this.#exitStatus = status;
    this.shutdown();
  }

  /**
   * Shuts down and starts again from the configuration files. Ignored while shutting down.
   * Throws ConfigError when the files are invalid; then everything keeps running.
   */
  restart(): void {
    if (this.#state === 'SHUTDOWN') return;
    this.readConfig();
    this.#stopFor('RESTARTING');
  }

  /** Reopens every log file, for logrotate(8) and others that rename them. */
  async reopenLogs(): Promise<void> {
    await Promise.all(this.processesByPriority.map((process) => process.logs.reopen()));
  }

  #stopFor(state: 'SHUTDOWN' | 'RESTARTING'): void {
    this.#state = state;
    if (this.#stopping) return;
    this.daemon.bus.emit({ type: 'SUPERVISOR_STATE_CHANGE_STOPPING' });
    this.#stopping = this.#stopEverything();
    this.#stopping.then(this.#ended.resolve, this.#ended.reject);
  }

  async #stopEverything(): Promise<void> {
    await stopGroupsInTurn([...this.#groups.values()], this.groupsByPriority, this.daemon);
    for (const group of this.#groups.values()) group.dispose();
    this.daemon.reaper.adoptOrphans(false);
    await this.daemon.pendingHooks.drain();
  }

  /** A daemon that forks can be followed only as a descendant, and its exit status is known only of a child. */
  #adoptOrphans(): void {
    this.daemon.reaper.adoptOrphans(this.processesByPriority.some(({ notify }) => notify !== null));
  }

  #activate(config: GroupConfig): Group {
    const group = activateGroup(config, this.daemon);
    this.#groups.set(config.name, group);
    this.daemon.dependencies.added(group.processes);
    for (const process of group.processes) this.#end.follow(process);
    this.daemon.bus.emit({ type: 'PROCESS_GROUP_ADDED', group: config.name });
    return group;
  }

  /** Yields between time slices, so that clients get replies while thousands of programs start. */
  async #autostart(processes: readonly Process[]): Promise<void> {
    const slice = new TimeSlice(startSliceMs);
    const batch = new StartBatch();
    try {
      for (const process of processes) {
        if (this.#state !== 'RUNNING') return;
        if (process.config.autostart && process.times.started === 0 && process.state === 'STOPPED')
          batch.start(process, byConfiguration);
        if (!slice.isOver) continue;
        batch.finish();
        await slice.next();
      }
    } finally {
      // An exception in one start must not leave pending spawns of others unfinished.
      batch.finish();
    }
  }
}
