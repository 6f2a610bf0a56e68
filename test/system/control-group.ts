// A control group of its own for what a test starts: two machines in one would take each other's processes for theirs.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../support/eventually.ts';

export class ControlGroup {
  private constructor(private readonly directories: readonly string[]) {}

  /** Below our own, in every hierarchy that systemd looks at. */
  static create(name: string): ControlGroup {
    const directories = hierarchies().map((directory) => join(directory, name));
    for (const directory of directories) mkdirSync(directory);
    return new ControlGroup(directories);
  }

  /** The command that runs `command` in it. */
  wrapped(command: readonly string[]): string[] {
    const enter = this.directories.map((directory) => `echo $$ >${directory}/cgroup.procs && `).join('');
    return ['sh', '-c', `${enter}exec "$@"`, 'sh', ...command];
  }

  /** Stops everything in it, as a pause of the machine does (cgroup.freeze); resolves when that is done. */
  async freeze(): Promise<void> {
    await this.#setFrozen(true);
  }

  async thaw(): Promise<void> {
    await this.#setFrozen(false);
  }

  async #setFrozen(frozen: boolean): Promise<void> {
    const directory = this.directories.find((candidate) => existsSync(join(candidate, 'cgroup.freeze')));
    if (directory === undefined) throw new Error('cgroup v2 is needed to freeze a machine');
    writeFileSync(join(directory, 'cgroup.freeze'), frozen ? '1' : '0');
    const isDone = () =>
      readFileSync(join(directory, 'cgroup.events'), 'utf8').includes(`frozen ${Number(frozen)}`);
    await eventually(isDone, { what: frozen ? 'the machine to stand still' : 'the machine to go on' });
  }

  /** When everything in it has ended. */
  async remove(): Promise<void> {
    for (const directory of this.directories) {
      await eventually(() => removed(directory), { what: `the end of what is in ${directory}` });
    }
  }
}

/** Our own directories in cgroup v2 and in v1's `name=systemd`, where systemd mounts them. */
function hierarchies(): string[] {
  const lines = readFileSync('/proc/self/cgroup', 'utf8').matchAll(/^\d+:(?:name=(systemd))?:(.*)$/gm);
  return [...lines].flatMap(([, named, path = '']) => {
    const roots = (named ? [named] : ['unified', '']).map((folder) => join('/sys/fs/cgroup', folder));
    const root = roots.find((candidate) => existsSync(join(candidate, 'cgroup.procs')));
    return root === undefined ? [] : [join(root, path)];
  });
}

/** The deepest first: only what is empty can be removed. */
function removed(directory: string): boolean {
  if (!existsSync(directory)) return true;
  const children = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  if (!children.every(({ name }) => removed(join(directory, name)))) return false;
  try {
    rmdirSync(directory);
    return true;
  } catch {
    return false;
  }
}
