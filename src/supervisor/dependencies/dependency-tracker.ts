// Dependencies among the active processes: tells a process what it waits for, starts what it needs, lets it go on when
// its dependencies are met, and stops or restarts what shall stop or restart with another.
import { conditionOf, Dependencies, type Need, type Target } from '../../config/dependencies.ts';
import type { TaskQueue } from '../../event-loop/task-queue.ts';
import { TimeSlice } from '../../event-loop/time-slice.ts';
import { isDown, isWaiting, type ProcessState, type UnmetNeed } from '../lifecycle/process-state.ts';
import type { Process } from '../process.ts';
import { describeRequester, type Requester } from '../requester.ts';
import { StartBatch } from '../start-batch.ts';
import { TargetStatus } from './target-status.ts';

/** As for autostart: the programs just started compete with clients for the CPU, too. */
const sliceMs = 10;

/**
 * Which needs of a waiting process are started. `new`: those never asked to start, since their group has just been added.
 * `own`: all. `transitive`: also those of needs that wait already, which may wait for one that was stopped meanwhile.
 */
type Reach = 'new' | 'own' | 'transitive';

/** Nothing of it is in a snapshot: it follows from the configuration and the lives of the processes. */
export class DependencyTracker {
  #processes: () => readonly Process[] = () => [];
  /** How many of them depend on, stop with or restart with others. */
  #linked = 0;
  /** Null until it is needed, and after a change of the active groups. */
  #dependencies: Dependencies<Process> | null = null;
  readonly #statuses = new Map<Target<Process>, TargetStatus>();
  /** Waiting processes whose needs have to be started, and how far. */
  readonly #beginners = new Map<Process, Reach>();
  /** Those among them that had begun to wait before; kept until there are no beginners. */
  readonly #begunAgain = new Set<Process>();
  /** Waiting processes that have to look again. */
  readonly #expectant = new Set<Process>();
  #isScheduled = false;
  /** Processes that the task queue is about to stop, or to restart, with another. */
  readonly #toStop = new Set<Process>();
  readonly #toRestart = new Set<Process>();

  constructor(private readonly taskQueue: TaskQueue) {}

  /** `processes`: all active ones, in the order in which they are started. */
  follow(processes: () => readonly Process[]): void {
    this.#processes = processes;
  }

  /** A group was added with these processes. */
  added(processes: readonly Process[]): void {
    this.#linked += processes.filter(isLinked).length;
    if (this.#dependencies !== null) this.lookUp();
  }

  /** A group was removed with these processes. */
  removed(processes: readonly Process[]): void {
    this.#linked -= processes.filter(isLinked).length;
    if (this.#dependencies !== null) this.lookUp();
  }

  /** Looks everything up again: the groups have changed, or the processes continue from a snapshot. */
  lookUp(): void {
    this.#dependencies = null;
    this.#statuses.clear();
    for (const process of this.#processes()) if (process.isWaiting) this.#begin(process, 'new');
  }

  /** The dependencies as configured. */
  get current(): Dependencies<Process> {
    // An update may add thousands of groups, one by one.
    if (this.#linked === 0) return nothingLinked;
    this.#dependencies ??= new Dependencies(this.#processes());
    return this.#dependencies;
  }

  /** Processes may start soon without a further event. */
  get isBusy(): boolean {
    return this.#beginners.size + this.#expectant.size > 0;
  }

  /** What keeps a process from being started. */
  unmetNeeds(process: Process): readonly UnmetNeed[] {
    const needs = this.current.needsOf(process).flatMap((need) => this.#status(need).unmetNeed(need) ?? []);
    // What a start finds down, it starts.
    return process.isWaiting ? needs : needs.map(toBeStarted);
  }

  /** A waiting process was asked to start again: what it needs is started, whatever has become of it meanwhile. */
  startNeeds(process: Process): void {
    process.beginNeeds(this.unmetNeeds(process).map(toBeStarted));
    if (process.isWaiting) this.#begin(process, 'transitive');
  }

  /** Other processes that run and stop with one of these, each with the one that it stops with. */
  companionsOf(processes: ReadonlySet<Process>): ReadonlyMap<Process, Process> {
    const companions = new Map<Process, Process>();
    if (this.current.isEmpty) return companions;
    const all = new Set(processes);
    /** Looked at once, though each of its members leads to it. */
    const targets = new Set<Target<Process>>();
    // A set that grows is iterated to its end.
    for (const process of all) {
      for (const target of this.current.targetsOf(process)) {
        if (targets.has(target)) continue;
        targets.add(target);
        for (const other of this.current.stoppedWith(target)) {
          if (all.has(other) || !isActive(other)) continue;
          all.add(other);
          companions.set(other, process);
        }
      }
    }
    return companions;
  }

  /** The given processes, and all that depend on them, directly or not; without `except` and what only these lead to. */
  withDependents(
    processes: Iterable<Process>,
    except: ReadonlySet<Process> = new Set(),
  ): ReadonlySet<Process> {
    const all = new Set(processes);
    if (this.current.isEmpty) return all;
    /** Looked at once, though each of its members leads to it. */
    const targets = new Set<Target<Process>>();
    for (const process of all) {
      for (const target of this.current.targetsOf(process)) {
        if (targets.has(target)) continue;
        targets.add(target);
        for (const other of [...this.current.dependentsOf(target), ...this.current.stoppedWith(target)])
          if (!except.has(other)) all.add(other);
      }
    }
    return all;
  }

  /** Called by every process after its state has changed. */
  onTransition(process: Process, before: ProcessState): void {
    if (this.current.isEmpty) return;
    const { state } = process.life;
    if (isWaiting(state) && !isWaiting(before)) {
      this.#begin(process, isAskedByConfiguration(process) ? 'own' : 'transitive');
    }
    const wasStarting = before.name === 'STARTING' || before.name === 'BACKOFF';
    const hasEnded = before.name === 'RUNNING' || (wasStarting && isDown(state));
    for (const target of this.current.targetsOf(process)) {
      if (this.#statuses.get(target)?.update(process)) this.#lookAgain(target);
      if (hasEnded) this.#stopWith(target, process);
      if (state.name === 'RUNNING' && before.name !== 'RUNNING') this.#restartWith(target, process);
    }
  }

  /**
   * Called by a process that is to restart or no longer is, or is being spawned: no transition has followed yet; and by one
   * whose health has changed, or why it is not healthy.
   */
  onChange(process: Process): void {
    for (const target of this.current.targetsOf(process)) {
      if (this.#statuses.get(target)?.update(process)) this.#lookAgain(target);
    }
  }

  /** Whether a process waits until this one is healthy. */
  awaitsHealth(process: Process): boolean {
    return this.current
      .targetsOf(process)
      .some((target) =>
        this.current
          .dependentsOf(target)
          .some((dependent) => dependent.isWaiting && this.#needsHealth(dependent, target, process)),
      );
  }

  #needsHealth(dependent: Process, target: Target<Process>, member: Process): boolean {
    const needs = this.current.needsOf(dependent);
    return needs.some((need) => need.target === target && conditionOf(need, member) === 'healthy');
  }

  #lookAgain(target: Target<Process>): void {
    for (const dependent of this.current.dependentsOf(target)) {
      if (dependent.isWaiting) this.#expectant.add(dependent);
    }
    this.#schedule();
  }

  #status({ target }: Need<Process>): TargetStatus {
    const known = this.#statuses.get(target);
    if (known) return known;
    const status = new TargetStatus(target);
    this.#statuses.set(target, status);
    return status;
  }

  #begin(process: Process, reach: Reach): void {
    const known = this.#beginners.get(process);
    if (known === undefined || known === 'new' || reach === 'transitive') this.#beginners.set(process, reach);
    this.#schedule();
  }

  /** Once, as groups of two configurations may depend on each other. */
  #beginAgain(process: Process): void {
    if (this.#begunAgain.has(process)) return;
    this.#begunAgain.add(process);
    this.#begin(process, 'transitive');
  }

  #schedule(): void {
    if (this.#isScheduled || !this.isBusy) return;
    this.#isScheduled = true;
    this.taskQueue.add(() => this.#run());
  }

  /** One time slice of work. What needs a start comes first, so that it is not shown as stuck meanwhile. */
  #run(): void {
    const slice = new TimeSlice(sliceMs);
    const batch = new StartBatch();
    try {
      for (const [process, reach] of this.#beginners) {
        if (slice.isOver) return;
        this.#beginners.delete(process);
        if (!isToStart(process)) continue;
        this.#startNeedsOf(process, reach, batch);
        this.#expectant.add(process);
      }
      this.#begunAgain.clear();
      batch.finish();
      for (const process of this.#expectant) {
        if (slice.isOver) return;
        this.#expectant.delete(process);
        if (isToStart(process)) batch.add(process, () => process.beginNeeds(this.unmetNeeds(process)));
      }
    } finally {
      batch.finish();
      this.#isScheduled = false;
      this.#schedule();
    }
  }

  #startNeedsOf(process: Process, reach: Reach, batch: StartBatch): void {
    const by: Requester = { kind: 'dependency', relation: 'needed by', process: process.qualifiedName };
    for (const need of this.current.needsOf(process)) {
      for (const member of this.#status(need).unmetMembers(need)) {
        if (conditionOf(need, member) === 'healthy') member.probeHealthSoon();
        if (member.goal.kind === 'restart' || (reach === 'new' && member.goal.kind !== 'none')) continue;
        if (member.state === 'STOPPING') member.restart(by, { held: false });
        else if (isDown(member.life.state)) batch.start(member, by);
        else if (member.isWaiting && reach === 'transitive') this.#beginAgain(member);
      }
    }
  }

  /** `process` has ended, or is stopping. */
  #stopWith(target: Target<Process>, process: Process): void {
    const by: Requester = { kind: 'dependency', relation: 'stops with', process: process.qualifiedName };
    for (const other of this.current.stoppedWith(target)) {
      if (this.#toStop.has(other) || !stopsWithOthers(other)) continue;
      this.#toStop.add(other);
      this.taskQueue.add(() => {
        this.#toStop.delete(other);
        if (!stopsWithOthers(other)) return;
        other.daemon.log.info(`stopping '${other.name}': it ${describeRequester(by)}`);
        other.stop(by);
      });
    }
  }

  /** `process` is ready. */
  #restartWith(target: Target<Process>, process: Process): void {
    if (process.life.leftRunningAt === null) return;
    const by: Requester = { kind: 'dependency', relation: 'restarts with', process: process.qualifiedName };
    for (const other of this.current.restartedWith(target)) {
      if (this.#toRestart.has(other) || !restartsWith(other, process)) continue;
      this.#toRestart.add(other);
      this.taskQueue.add(() => {
        this.#toRestart.delete(other);
        if (!restartsWith(other, process)) return;
        other.daemon.log.info(`restarting '${other.name}': it ${describeRequester(by)}`);
        other.restart(by, { held: false });
      });
    }
  }
}

function toBeStarted(need: UnmetNeed): UnmetNeed {
  return { ...need, stuck: null };
}

/** It runs, or tries to: one that only waits for its dependencies is left alone. */
function isActive(process: Process): boolean {
  return process.isStoppable && !process.isWaiting;
}

const nothingLinked = new Dependencies<Process>([]);

function isLinked({ config }: Process): boolean {
  const { dependsOn, stopWith, restartWith } = config.extensions;
  return dependsOn.length + stopWith.length + restartWith.length > 0;
}

function isAskedByConfiguration({ goal }: Process): boolean {
  return goal.kind !== 'none' && goal.asked.by.kind === 'configuration';
}

/** It waits, and no request is about to stop it. */
function isToStart(process: Process): boolean {
  return process.isWaiting && !isAsked(process);
}

/** A request stops it when its turn comes, or restarts it. */
function isAsked({ goal }: Process): boolean {
  return goal.kind === 'down' || (goal.kind === 'restart' && goal.held);
}

function stopsWithOthers(process: Process): boolean {
  return isActive(process) && !isAsked(process) && !process.life.startForbidden;
}

/** It was started before the last restart of `process`, or it has stopped with `process`. */
function restartsWith(other: Process, { life: { leftRunningAt }, qualifiedName }: Process): boolean {
  if (other.life.startForbidden) return false;
  const isOlder = isActive(other) && (other.life.startedAt ?? 0) < (leftRunningAt ?? 0);
  return (isOlder && !isAsked(other)) || hasStoppedWith(other, qualifiedName);
}

/** It was stopped, or is being stopped, because the process of this name was, and no request has followed. */
function hasStoppedWith({ goal, life: { state } }: Process, name: string): boolean {
  if (goal.kind !== 'down' || !(isDown(state) || state.name === 'STOPPING')) return false;
  const { by } = goal.asked;
  return by.kind === 'dependency' && by.process === name;
}
