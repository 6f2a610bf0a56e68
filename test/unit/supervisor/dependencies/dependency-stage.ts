// A supervisor whose processes depend on each other, with fake children and a fake clock. Judges by the configuration
// and the states alone what is to happen.
import { expect } from 'bun:test';
import type { Condition, ProcessSelector } from '../../../../src/config/values/dependencies.ts';
import { formatSelector } from '../../../../src/config/values/dependencies.ts';
import { isStopped, type ProcessState } from '../../../../src/supervisor/lifecycle/process-state.ts';
import type { Process } from '../../../../src/supervisor/process.ts';
import type { Requester } from '../../../../src/supervisor/requester.ts';
import type { Supervisor, SupervisorSnapshot } from '../../../../src/supervisor/supervisor.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { type FakeChild, FakeChildren, type Stage } from '../process-stage.ts';

export const client: Requester = { kind: 'program', name: 'supervisorctl', pid: 7, uid: 1000 };

/** Turns of the event loop in which everything happens that needs no more time. */
const turns = 8;

export class Ensemble {
  readonly children = new FakeChildren();
  readonly clock = new FakeClock();
  supervisor: Supervisor;
  /** Breaches of what must hold at every moment. */
  readonly breaches: string[] = [];
  /** Names of the processes in the order of their spawns, and of their stop signals. */
  readonly spawned: string[] = [];
  readonly stopSignals: string[] = [];
  /** When true, a process is stopped only when all that depend on it are down. */
  stopsInOrder = false;
  readonly #before = new Map<string, ProcessState>();

  constructor(
    private readonly stage: Stage,
    private readonly text: string,
    next = text,
  ) {
    this.supervisor = this.#follow(this.stage.supervisor(text, this.children, this.clock, next));
  }

  get processes(): readonly Process[] {
    return [...this.supervisor.groups.values()].flatMap(({ processes }) => processes);
  }

  process(name: string): Process {
    const found = this.processes.find(({ qualifiedName }) => qualifiedName === name);
    if (!found) throw new Error(`no process ${name}`);
    return found;
  }

  states(): Record<string, string> {
    return Object.fromEntries(this.processes.map((process) => [process.qualifiedName, stateOf(process)]));
  }

  childOf(process: Process): FakeChild | undefined {
    return this.children.present.find(({ pid }) => pid === process.pid);
  }

  exit(process: Process, code: number): void {
    const child = this.childOf(process);
    if (child?.phase !== 'spawned') return;
    child.end({ kind: 'exited', code });
  }

  /** The children that were told to stop exit. */
  obey(): boolean {
    const obedient = this.children.present.filter((child) => child.signals.length > 0);
    for (const child of obedient) child.end({ kind: 'signaled', signal: 15, coreDumped: false });
    return obedient.length > 0;
  }

  async settle(): Promise<void> {
    for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Continues with a new supervisor from a snapshot of this one, as after an exec. */
  restart(): void {
    const written = JSON.stringify(this.supervisor.snapshot());
    for (const process of this.processes) process.forbidStart();
    this.supervisor = this.#follow(this.stage.supervisor(this.text, this.children, this.clock));
    const snapshot: SupervisorSnapshot = JSON.parse(written);
    for (const { processes } of snapshot.groups)
      for (const { name, process } of processes) this.#before.set(name, process.life.state);
    this.supervisor.restore(snapshot);
  }

  /** What must hold whenever nothing is left to do. */
  check(): void {
    expect(this.breaches).toEqual([]);
    for (const process of this.processes) {
      const { state } = process.life;
      // Not one that a request stops when others have stopped.
      if (state.name !== 'STARTING' || state.phase !== 'waiting' || process.goal.kind !== 'up') continue;
      const unmet = this.#unmet(process);
      // No lost wake-up.
      expect([process.qualifiedName, unmet]).not.toEqual([process.qualifiedName, []]);
      const shown = state.needs.map(textOfNeed);
      const isExact =
        unmet.length === shown.length && unmet.every((texts, at) => texts.includes(shown[at] ?? ''));
      expect(isExact ? '' : `${process.qualifiedName} shows ${shown}, but waits for ${unmet}`).toBe('');
    }
  }

  /** What was asked last has come to pass, once everything that was told to stop has stopped. */
  checkGoals(): void {
    for (const { qualifiedName, goal, life } of this.processes) {
      expect([qualifiedName, goal.kind]).not.toEqual([qualifiedName, 'restart']);
      if (goal.kind === 'down') expect([qualifiedName, isStopped(life.state)]).toEqual([qualifiedName, true]);
    }
  }

  /** Whatever a waiting process needs has been started, or has failed since. */
  checkNeedsOf(process: Process): void {
    if (!process.isWaiting) return;
    for (const { on, condition } of process.config.extensions.dependsOn)
      for (const member of this.#members(on)) {
        if (this.meets(member, condition)) continue;
        expect([member.qualifiedName, member.goal.kind]).not.toEqual([member.qualifiedName, 'none']);
        expect([member.qualifiedName, member.state]).not.toEqual([member.qualifiedName, 'STOPPED']);
        this.checkNeedsOf(member);
      }
  }

  meets(process: Process, condition: Condition | null): boolean {
    const { state, spawnError } = process.life;
    const isOver = state.name === 'EXITED' && state.restartAt === null;
    switch (condition ?? (process.config.extensions.oneshot ? 'completed' : 'ready')) {
      case 'started':
        return (state.name === 'STARTING' || state.name === 'RUNNING') && process.pid !== 0;
      case 'ready':
      case 'healthy':
        return state.name === 'RUNNING';
      case 'completed':
        return isOver && spawnError === '';
      case 'ended':
        return isOver || state.name === 'FATAL';
    }
  }

  /** Those that depend on it or stop with it, directly or not. */
  dependentsOf(process: Process): ReadonlySet<Process> {
    const all = new Set([process]);
    for (const one of all) {
      for (const other of this.processes) {
        const { dependsOn, stopWith } = other.config.extensions;
        const selectors = [...dependsOn.map(({ on }) => on), ...stopWith];
        if (selectors.some((selector) => this.#members(selector).includes(one))) all.add(other);
      }
    }
    all.delete(process);
    return all;
  }

  #members(selector: ProcessSelector): readonly Process[] {
    return this.processes.filter((process) => isNamed(process, selector));
  }

  /** As in a description; several texts where several are true. */
  #unmet(process: Process): string[][] {
    return process.config.extensions.dependsOn.flatMap(({ on, condition }) => {
      const name = formatSelector(on);
      const members = this.#members(on);
      if (members.length === 0) return [[`${name} (missing)`]];
      const unmet = members.filter((member) => !this.meets(member, condition));
      const stuck = unmet.filter(isStuck);
      const shown = stuck.length > 0 ? stuck : unmet;
      const [first] = shown;
      if (!first) return [];
      const shownName = members.length > 1 && shown.length === 1 ? first.qualifiedName : name;
      const wanted = (member: Process) =>
        condition ?? (member.config.extensions.oneshot ? 'completed' : 'ready');
      if (stuck.length === 0) return [unmet.map((member) => `${shownName} (${wanted(member)})`)];
      return [stuck.map(({ state }) => `${shownName} (${state})`)];
    });
  }

  #follow(supervisor: Supervisor): Supervisor {
    const { bus } = supervisor.daemon;
    bus.subscribe(['PROCESS_STATE', 'TSUPERVISOR_PROCESS_CHANGE'], (event) => {
      if (!('process' in event) || supervisor !== this.supervisor) return;
      const process = supervisor.groups.get(event.group)?.process(event.process);
      if (!process) return;
      if (event.type === 'PROCESS_STATE_STARTING') this.#onSpawn(process);
      if (event.type === 'PROCESS_STATE_STOPPING') this.#onStopSignal(process);
      this.#before.set(process.name, process.life.state);
    });
    return supervisor;
  }

  #onSpawn(process: Process): void {
    this.spawned.push(process.qualifiedName);
    const before = this.#before.get(process.name);
    const now = this.clock.now();
    const isAutomatic =
      (before?.name === 'BACKOFF' && before.retryAt <= now) ||
      (before?.name === 'EXITED' && before.restartAt !== null && before.restartAt <= now);
    if (isAutomatic) return;
    const unmet = this.#unmet(process);
    if (unmet.length > 0) this.breaches.push(`${process.qualifiedName} is spawned before ${unmet}`);
  }

  #onStopSignal(process: Process): void {
    this.stopSignals.push(process.qualifiedName);
    if (!this.stopsInOrder) return;
    const active = [...this.dependentsOf(process)].filter((other) => this.childOf(other));
    const names = active.map(({ qualifiedName }) => qualifiedName);
    if (active.length > 0) this.breaches.push(`${process.qualifiedName} is stopped before ${names}`);
  }
}

function isNamed({ group, config }: Process, selector: ProcessSelector): boolean {
  switch (selector.kind) {
    case 'program':
      return config.program === selector.program;
    case 'process':
      return group === selector.group && config.name === selector.name;
    case 'group':
      return group === selector.group;
  }
}

function textOfNeed({ name, condition, stuck }: { name: string; condition: string; stuck: string | null }) {
  return `${name} (${stuck ?? condition})`;
}

function isStuck({ goal, life: { state } }: Process): boolean {
  return (
    goal.kind !== 'restart' && isStopped(state) && !(state.name === 'EXITED' && state.restartAt !== null)
  );
}

function stateOf({ state, isWaiting }: Process): string {
  return isWaiting ? 'waiting' : state;
}
