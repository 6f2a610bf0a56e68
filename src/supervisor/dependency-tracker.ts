// Dependencies among the active processes: tells a process what it waits for, starts what it needs, lets it go on when
// its dependencies are met, and stops or restarts what shall stop or restart with another.
import { conditionOf, Dependencies, type Need, type Target } from '../config/dependencies.ts';
import { formatSelector } from '../config/values/dependencies.ts';
import type { TaskQueue } from '../event-loop/task-queue.ts';
import { TimeSlice } from '../event-loop/time-slice.ts';
import type { Process } from './process.ts';
import { isDown, isWaiting, type ProcessState, type UnmetNeed } from './process-state.ts';
import type { Requester } from './requester.ts';
import { StartBatch } from './start-batch.ts';
import { TargetStatus } from './target-status.ts';

/** As for autostart: the programs just started compete with clients for the CPU, too. */
const sliceMs = 10;

/** Nothing of it is in a snapshot: it follows from the configuration and the lives of the processes. */
export class DependencyTracker {
  #processes: () => readonly Process[] = () => [];
  /** How many of them depend on, stop with or restart with others. */
  #linked = 0;
  /** Null until it is needed, and after a change of the active groups. */
  #dependencies: Dependencies<Process> | null = null;
  readonly #statuses = new Map<Target<Process>, TargetStatus>();
  /** Processes that began to wait: what they need has to be started. */
  readonly #beginners = new Set<Process>();
  /** Waiting processes that have to look again. */
  readonly #expectant = new Set<Process>();

  constructor(private readonly taskQueue: TaskQueue) {}

  /** `processes`: all active ones, in the order in which they are started. */
  follow(processes: () => readonly Process[]): void {
    this.#processes = processes;
  }

  /** A group was added with these processes. */
  added(processes: readonly Process[]): void {
    this.#linked += processes.filter(isLinked).length;
    this.#groupsChanged();
  }

  /** A group was removed with these processes. */
  removed(processes: readonly Process[]): void {
    this.#linked -= processes.filter(isLinked).length;
    this.#groupsChanged();
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
    const needs = this.current.needsOf(process).flatMap((need) => this.#unmet(need));
    // What a start finds down, it starts.
    return process.isWaiting ? needs : needs.map((need) => ({ ...need, stuck: null }));
  }

  /** Other processes that run and stop with one of these, each with the one that it stops with. */
  companionsOf(processes: ReadonlySet<Process>): ReadonlyMap<Process, Process> {
    const companions = new Map<Process, Process>();
    if (this.current.isEmpty) return companions;
    const all = new Set(processes);
    // A set that grows is iterated to its end.
    for (const process of all) {
      for (const target of this.current.targetsOf(process)) {
        for (const other of this.current.stoppedWith(target)) {
          if (all.has(other) || !isActive(other)) continue;
          all.add(other);
          companions.set(other, process);
        }
      }
    }
    return companions;
  }

  /** The given processes, and all that depend on them, directly or not. */
  withDependents(processes: readonly Process[]): readonly Process[] {
    if (this.current.isEmpty) return processes;
    const all = new Set(processes);
    for (const process of all) {
      for (const target of this.current.targetsOf(process)) {
        for (const other of this.current.dependentsOf(target)) all.add(other);
        for (const other of this.current.stoppedWith(target)) all.add(other);
      }
    }
    return [...all];
  }

  /** Called by every process after its state has changed. */
  onTransition(process: Process, before: ProcessState): void {
    if (this.current.isEmpty) return;
    const { state } = process.life;
    if (isWaiting(state) && !isWaiting(before)) this.#begin(process);
    for (const target of this.current.targetsOf(process)) {
      const status = this.#statuses.get(target);
      if (status?.update(process)) {
        for (const dependent of this.current.dependentsOf(target)) {
          if (dependent.isWaiting) this.#expect(dependent);
        }
      }
      if (before.name === 'RUNNING') this.#stopWith(target, process);
      else if (state.name === 'RUNNING') this.#restartWith(target, process);
    }
  }

  #groupsChanged(): void {
    if (this.#dependencies === null) return;
    this.#dependencies = null;
    this.#statuses.clear();
    for (const process of this.#processes()) if (process.isWaiting) this.#expect(process);
  }

  #unmet(need: Need<Process>): UnmetNeed[] {
    const { target } = need;
    const name = formatSelector(target.selector);
    const [anyMember] = target.members;
    if (!anyMember) return [{ name, condition: need.condition ?? 'ready', stuck: 'missing' }];
    const { all, stuck } = this.#status(target).unmet(need);
    const [stuckMember] = stuck;
    const [first] = stuckMember ? stuck : all;
    if (!first) return [];
    return [
      {
        name: target.members.length === 1 ? name : first.qualifiedName,
        condition: conditionOf(need, first),
        stuck: stuckMember?.state ?? null,
      },
    ];
  }

  #status(target: Target<Process>): TargetStatus {
    const known = this.#statuses.get(target);
    if (known) return known;
    const status = new TargetStatus(target);
    this.#statuses.set(target, status);
    return status;
  }

  #begin(process: Process): void {
    this.#beginners.add(process);
    this.#schedule();
  }

  #expect(process: Process): void {
    this.#expectant.add(process);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#beginners.size + this.#expectant.size === 1) this.taskQueue.add(() => this.#run());
  }

  /** One time slice of work. What needs a start comes first, so that it is not shown as stuck meanwhile. */
  #run(): void {
    const slice = new TimeSlice(sliceMs);
    const batch = new StartBatch();
    try {
      for (const process of taken(this.#beginners, slice)) this.#startNeedsOf(process, batch);
      batch.finish();
      for (const process of taken(this.#expectant, slice)) {
        if (process.isWaiting) batch.add(process, () => process.beginNeeds(this.unmetNeeds(process)));
      }
    } finally {
      batch.finish();
      if (this.isBusy) this.taskQueue.add(() => this.#run());
    }
  }

  #startNeedsOf(process: Process, batch: StartBatch): void {
    const by: Requester = { kind: 'dependency', relation: 'needed by', process: process.qualifiedName };
    for (const need of this.current.needsOf(process)) {
      if (need.target.members.length === 0) continue;
      for (const member of [...this.#status(need.target).unmet(need).all]) {
        if (member.state === 'STOPPING') member.restart(by, { held: false });
        else if (isDown(member.life.state) && member.goal.kind !== 'restart') batch.start(member, by);
      }
    }
    this.#expectant.add(process);
  }

  /** `process` was RUNNING and no longer is. */
  #stopWith(target: Target<Process>, process: Process): void {
    const by: Requester = { kind: 'dependency', relation: 'stops with', process: process.qualifiedName };
    for (const other of this.current.stoppedWith(target)) {
      this.taskQueue.add(() => {
        if (isActive(other) && !other.life.startForbidden) other.stop(by);
      });
    }
  }

  /** `process` is ready. */
  #restartWith(target: Target<Process>, process: Process): void {
    const { leftRunningAt } = process.life;
    if (leftRunningAt === null) return;
    const by: Requester = { kind: 'dependency', relation: 'restarts with', process: process.qualifiedName };
    for (const other of this.current.restartedWith(target)) {
      this.taskQueue.add(() => {
        if (other.life.startForbidden) return;
        if (wasStoppedWithAnother(other)) other.start(by);
        else if (isActive(other) && (other.life.startedAt ?? 0) < leftRunningAt)
          other.restart(by, { held: false });
      });
    }
  }
}

const nothingLinked = new Dependencies<Process>([]);

function isLinked({ config }: Process): boolean {
  const { dependsOn, stopWith, restartWith } = config.extensions;
  return dependsOn.length + stopWith.length + restartWith.length > 0;
}

/** It runs, or tries to: one that only waits for its dependencies is left alone. */
function isActive(process: Process): boolean {
  return process.isStoppable && !process.isWaiting;
}

function wasStoppedWithAnother({ goal, life: { state } }: Process): boolean {
  return isDown(state) && goal.kind === 'down' && goal.asked.by.kind === 'dependency';
}

/** Takes processes from a set until the time slice is over. */
function* taken(processes: Set<Process>, slice: TimeSlice): Generator<Process> {
  for (const process of processes) {
    if (slice.isOver) return;
    processes.delete(process);
    yield process;
  }
}
