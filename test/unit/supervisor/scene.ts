// A supervisor with fake children and a fake clock, whose programs start, become ready and end as the test says.
import type { Process } from '../../../src/supervisor/process.ts';
import type { Supervisor } from '../../../src/supervisor/supervisor.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FakeChildren, type Stage } from './process-stage.ts';

export class Scene {
  readonly children = new FakeChildren();
  readonly clock = new FakeClock();
  readonly supervisor: Supervisor;

  private constructor(stage: Stage, text: string) {
    this.supervisor = stage.supervisor(text, this.children, this.clock);
  }

  /** Its programs have been started, and no time has passed. */
  static async open(stage: Stage, text: string): Promise<Scene> {
    const scene = new Scene(stage, text);
    await scene.supervisor.run();
    await scene.pass(0);
    return scene;
  }

  /** In steps of a tenth of a second. */
  async pass(seconds: number): Promise<void> {
    for (let tenth = 0; ; tenth += 1) {
      for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      if (tenth >= seconds * 10) return;
      this.clock.advance(100);
    }
  }

  process(name: string): Process {
    const found = this.supervisor.processesByPriority.find(({ qualifiedName }) => qualifiedName === name);
    if (!found) throw new Error(`no process ${name}`);
    return found;
  }

  async exit(name: string, code: number): Promise<void> {
    const child = this.children.all.findLast(({ pid }) => pid === this.process(name).pid);
    child?.exit({ kind: 'exited', code });
    child?.drain();
    await this.pass(0);
  }
}

/** A section without logs. */
export function program(name: string, options = ''): string {
  return `[program:${name}]\ncommand=/bin/true\nstdout_logfile=NONE\nstderr_logfile=NONE\n${options}\n`;
}
