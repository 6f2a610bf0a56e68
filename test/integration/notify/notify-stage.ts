// Programs with ready=notify, with real children and sockets. Time passes only when the test lets it.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProcessConfig } from '../../../src/config/config.ts';
import type { SupervisorEvent } from '../../../src/events/types.ts';
import { adoptOrphans } from '../../../src/linux/process-tree.ts';
import { Process, type ProcessSnapshot } from '../../../src/supervisor/process.ts';
import { byConfiguration } from '../../../src/supervisor/requester.ts';
import { eventually } from '../../support/eventually.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { processConfig, Stage } from '../../unit/supervisor/process-stage.ts';

const support = join(import.meta.dir, '../../support');

export class NotifyStage {
  readonly directory = mkdtempSync(join(tmpdir(), 'tsv-notify-'));
  readonly clock = new FakeClock();
  readonly #stage = new Stage();
  readonly daemon = { ...this.#stage.daemon(), clock: this.clock };
  readonly #programs: Program[] = [];

  constructor() {
    adoptOrphans(true);
  }

  /**
   * `script`: Python, after test/support/notify.py. It may use `files`, a directory for all programs. `logfile`: the name
   * of a file there for its stdout.
   */
  start(script: string, options = '', logfile: string | null = null): Program {
    const number = this.#programs.length;
    const path = join(this.directory, `${number}.py`);
    const prelude = `import os, sys\nsys.path.insert(0, ${JSON.stringify(support)})\nsys.dont_write_bytecode = True\n`;
    writeFileSync(
      path,
      `${prelude}from notify import *\nfiles = ${JSON.stringify(this.directory)}\n${script}`,
    );
    const command = `command=/usr/bin/python3 ${path}\nready=notify\nstartsecs=0\nautorestart=false\n${options}`;
    const config = logging(
      processConfig(command),
      `program${number}`,
      logfile && join(this.directory, logfile),
    );
    const program = new Program(new Process(config, config.name, this.daemon));
    this.#programs.push(program);
    program.process.start(byConfiguration);
    return program;
  }

  /** A process of the same configuration, restored from a snapshot, without the child. */
  heirOf({ process }: Program, snapshot: ProcessSnapshot): Process {
    const heir = new Process(process.config, process.group, this.daemon);
    heir.restore({ ...snapshot, child: { ...snapshot.child, child: null } });
    return heir;
  }

  /** What programs have written to a file of that name; empty when there is none. */
  read(name: string): string {
    try {
      return readFileSync(join(this.directory, name), 'utf8');
    } catch {
      return '';
    }
  }

  async written(name: string): Promise<string> {
    await eventually(() => this.read(name) !== '', { what: `${name} to be written` });
    return this.read(name);
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.directory, name), text);
  }

  log(): string {
    return this.#stage.log();
  }

  async end(): Promise<void> {
    for (const { process } of this.#programs) process.forbidStart();
    for (const { process } of this.#programs) if (process.pid !== 0) process.kill();
    await eventually(() => this.#programs.every(({ process }) => process.pid === 0), { what: 'the end' });
    adoptOrphans(false);
    this.#killLeftovers();
    await this.#stage.end();
    rmSync(this.directory, { recursive: true });
  }

  /** Daemons whose main process was refused, and wrappers of others, are no children of the stage. */
  #killLeftovers(): void {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      if (commandLine(pid).includes(`${this.directory}/`)) process.kill(Number(pid), 'SIGKILL');
    }
  }
}

/** Empty when the process has ended meanwhile. */
function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

export class Program {
  readonly events: SupervisorEvent[] = [];

  constructor(readonly process: Process) {
    const { bus } = process.daemon;
    bus.subscribe(['PROCESS_STATE', 'TSUPERVISOR_PROCESS_CHANGE'], (event) => {
      if ('process' in event && event.process === process.name) this.events.push(event);
    });
  }

  get name(): string {
    return this.process.name;
  }

  states(): string[] {
    return this.events.flatMap(({ type }) =>
      type.startsWith('PROCESS_STATE_') ? [type.slice('PROCESS_STATE_'.length)] : [],
    );
  }

  restart(): void {
    this.process.restart(byConfiguration, { held: false });
  }

  becomes(state: Process['state']): Promise<void> {
    return eventually(() => this.process.state === state, {
      what: `${this.name}, which is ${this.process.state}, to be ${state}`,
    });
  }

  says(status: string): Promise<void> {
    return eventually(() => this.process.statusText === status, {
      what: `${this.name}, which says '${this.process.statusText}', to say '${status}'`,
    });
  }
}

function logging(config: ProcessConfig, name: string, path: string | null): ProcessConfig {
  if (path === null) return { ...config, name };
  const stdout = { ...config.stdout, logfile: { kind: 'file', path } as const };
  return { ...config, name, stdout };
}
