// A process with fake children and a fake clock: the test spawns, exits, drains and advances the time.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config, ProcessConfig } from '../../../src/config/config.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { EventSerials } from '../../../src/events/numbering.ts';
import type { SupervisorEvent } from '../../../src/events/types.ts';
import { E } from '../../../src/linux/errno.ts';
import type { ExitStatus } from '../../../src/linux/wait.ts';
import type {
  Child,
  ChildConnections,
  ChildFactory,
  ChildSnapshot,
  PendingChild,
} from '../../../src/supervisor/child/child.ts';
import type { OnExit } from '../../../src/supervisor/child/reaper.ts';
import { SpawnError } from '../../../src/supervisor/child/spawn-error.ts';
import type { DaemonContext } from '../../../src/supervisor/daemon-context.ts';
import { Process, type ProcessSnapshot } from '../../../src/supervisor/process.ts';
import { Supervisor } from '../../../src/supervisor/supervisor.ts';
import { TestContext } from '../../support/daemon-context.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { memoryHost } from '../config/memory-host.ts';

/** spawned: it runs. reaped: it has ended, its output is not read to the end yet. ended: nothing is left of it. */
type ChildPhase = 'spawned' | 'reaped' | 'ended';

export class FakeChild implements Child {
  readonly stdin = null;
  phase: ChildPhase = 'spawned';
  readonly signals: number[] = [];
  #refusal: number | null = null;
  #exit: ExitStatus | null = null;
  readonly #drained = Promise.withResolvers<void>();

  constructor(
    readonly pid: number,
    private readonly onExit: OnExit,
    private readonly isObedient = false,
  ) {}

  signal(number: number): number | null {
    if (this.phase !== 'spawned') return null;
    this.signals.push(number);
    if (this.isObedient) setImmediate(() => this.end({ kind: 'exited', code: 0 }));
    return this.#refusal;
  }

  /** It exits, and its output is read to the end. */
  end(status: ExitStatus): void {
    this.exit(status);
    this.drain();
  }

  drained(): Promise<void> {
    return this.#drained.promise;
  }

  refuseSignals(): void {
    this.#refusal = E.EPERM;
  }

  exit(status: ExitStatus): void {
    this.phase = 'reaped';
    this.#exit = status;
    void this.onExit(status);
  }

  snapshot(): ChildSnapshot {
    return { pid: this.pid, exit: this.#exit, stdin: null, streams: {}, awaitsReadiness: false };
  }

  /** Like `exit`; reported when its process is restored. */
  hasExited(status: ExitStatus): void {
    this.phase = 'reaped';
    this.#exit = status;
    queueMicrotask(() => void this.onExit(status));
  }

  drain(): void {
    this.phase = 'ended';
    this.#drained.resolve();
  }
}

export type SpawnOutcome = 'spawned' | 'failed at once' | 'failed on its way';

export class FakeChildren implements ChildFactory {
  /** Of the next spawns. */
  outcome: SpawnOutcome = 'spawned';
  /** Whether they exit when they are told to stop. */
  areObedient = false;
  readonly all: FakeChild[] = [];
  spawns = 0;

  beginSpawn(): PendingChild {
    this.spawns += 1;
    if (this.outcome === 'failed at once') throw new SpawnError('too many open files');
    const { outcome } = this;
    return {
      finish: (onExit) => {
        if (outcome === 'failed on its way') throw new SpawnError("couldn't exec it: ENOENT");
        const child = new FakeChild(1000 + this.all.length, onExit, this.areObedient);
        this.all.push(child);
        return child;
      },
    };
  }

  restore({ pid, exit }: ChildSnapshot, { onExit }: ChildConnections): Child {
    const before = this.all.findLast((each) => each.pid === pid);
    const child = new FakeChild(pid, onExit, this.areObedient);
    if (before) child.signals.push(...before.signals);
    if (before) before.phase = 'ended';
    if (exit) child.hasExited(exit);
    this.all.push(child);
    return child;
  }

  /** Those of which something is left. */
  get present(): readonly FakeChild[] {
    return this.all.filter(({ phase }) => phase !== 'ended');
  }
}

/** What all processes of a test file share. */
export class Stage {
  readonly #directory = mkdtempSync(join(tmpdir(), 'tsv-process-'));
  readonly #logfile = join(this.#directory, 'main.log');
  readonly #context: TestContext;

  constructor() {
    const logfile = { kind: 'file', path: this.#logfile } as const;
    this.#context = new TestContext({ ...loaded('[supervisord]\n').supervisord, logfile });
  }

  /** `options`: lines of its section. */
  play(options: string): Performance {
    const children = new FakeChildren();
    const clock = new FakeClock();
    const daemon = this.#context.daemon({ children, clock });
    return new Performance(processConfig(options), daemon, children, clock);
  }

  /** With real children and the real clock. */
  daemon(): DaemonContext {
    return this.#context.daemon();
  }

  /** A supervisor of this configuration, whose children and clock are these. `next`: what it reads again. */
  supervisor(text: string, children: FakeChildren, clock: FakeClock, next = text): Supervisor {
    const [config, reread] = [text, next].map((each) => loaded(`[supervisord]\n${each}`));
    if (!config || !reread) throw new Error('no configuration');
    const daemon = this.#context.daemon({ children, clock, eventSerials: new EventSerials() });
    return new Supervisor(config, daemon, () => (text === next ? config : reread));
  }

  /** What the daemon has logged. */
  log(): string {
    return readFileSync(this.#logfile, 'utf8');
  }

  async end(): Promise<void> {
    await this.#context.end();
    rmSync(this.#directory, { recursive: true });
  }
}

export class Performance {
  readonly process: Process;
  readonly events: SupervisorEvent[] = [];

  constructor(
    private readonly config: ProcessConfig,
    readonly daemon: DaemonContext,
    readonly children: FakeChildren,
    readonly clock: FakeClock,
  ) {
    daemon.bus.subscribe(['PROCESS_STATE'], (event) => void this.events.push(event));
    this.process = new Process(config, config.name, daemon);
  }

  /** Another process of the same configuration, restored from a snapshot. */
  restored(snapshot: ProcessSnapshot): Process {
    const process = new Process(this.config, this.config.name, this.daemon);
    process.restore(snapshot);
    return process;
  }

  /** Lets everything happen that needs no more time: promises, and work that waits for its turn. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }
}

function loaded(text: string): Config {
  return loadConfig({ path: '/etc/s.conf', overrides: {}, host: memoryHost({ '/etc/s.conf': text }) });
}

/** `options`: lines of its section. */
export function processConfig(options: string): ProcessConfig {
  const text = `[supervisord]\n[program:x]\ncommand=/bin/true\nstdout_logfile=NONE\nstderr_logfile=NONE\n${options}\n`;
  const [process] = loaded(text).groups[0]?.processes ?? [];
  if (!process) throw new Error('the configuration has no process');
  return process;
}
