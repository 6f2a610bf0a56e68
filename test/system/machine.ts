// A Debian machine of its own: a booted systemd in a container, made by debootstrap, thrown away afterwards.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { type Outcome, run } from '../support/daemon.ts';
import { eventually } from '../support/eventually.ts';
import { ControlGroup } from './control-group.ts';
import { must } from './repository.ts';

const root = join(import.meta.dir, '../..');
const packages = ['systemd', 'systemd-sysv', 'dbus', 'dbus-user-session', 'procps', 'supervisor'];
/** Bootstrapped once, then only laid over: the slow part is fetching and unpacking the packages. */
const baseTree = join(root, `dist/system/debian-${Bun.hash(packages.join()).toString(36)}`);

const nspawn = [
  'systemd-nspawn',
  '-q',
  '-b',
  '--register=no',
  '--keep-unit',
  '--private-network',
  '--console=pipe',
];

const environment = [
  'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  'HOME=/root',
  'LANG=C.UTF-8',
  'DEBIAN_FRONTEND=noninteractive',
];

export class Machine {
  private constructor(
    readonly directory: string,
    private readonly container: Bun.Subprocess,
    /** systemd's pid, seen from here. */
    private readonly leader: number,
    private readonly group: ControlGroup,
  ) {}

  /** Booted when this resolves, with Debian's supervisor installed, but neither enabled nor running. */
  static async boot(): Promise<Machine> {
    await bootstrap();
    const directory = mkdtempSync(join(tmpdir(), 'tsv-machine-'));
    const tree = join(directory, 'tree');
    await overlay(tree, directory);
    const group = ControlGroup.create(basename(directory));
    const container = Bun.spawn(group.wrapped([...nspawn, '-D', tree]), {
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    });
    await eventually(() => initOf(container.pid) !== null, {
      what: 'the container',
      giveUp: async () => (container.exitCode === null ? null : await new Response(container.stderr).text()),
    });
    const machine = new Machine(tree, container, initOf(container.pid) ?? 0, group);
    try {
      await eventually(() => machine.isUp(), { what: 'systemd to be up', timeoutMs: 60_000 });
    } catch (error) {
      await machine.destroy();
      throw error;
    }
    return machine;
  }

  /** Runs a command in the machine to its end. */
  run(...command: string[]): Promise<Outcome> {
    return run(['nsenter', '-t', String(this.leader), '-a', 'env', '-i', ...environment, ...command]);
  }

  /** Its output; throws when it fails. */
  async ok(...command: string[]): Promise<string> {
    const { status, stdout, stderr } = await this.run(...command);
    if (status !== 0) throw new Error(`${command.join(' ')}: exit status ${status}\n${stdout}${stderr}`);
    return stdout;
  }

  /** A property of a unit, as `systemctl show` tells it. */
  async property(unit: string, name: string): Promise<string> {
    return (await this.ok('systemctl', 'show', '--value', '-p', name, unit)).trimEnd();
  }

  /** Of the machine's own pids, whoever runs this command line; `pattern` is pgrep's. */
  async pidsOf(pattern: string): Promise<number[]> {
    const { stdout } = await this.run('pgrep', '-f', pattern);
    return stdout.split('\n').filter(Boolean).map(Number);
  }

  path(inside: string): string {
    return join(this.directory, inside);
  }

  exists(inside: string): boolean {
    return existsSync(this.path(inside));
  }

  read(inside: string): string {
    try {
      return readFileSync(this.path(inside), 'utf8');
    } catch {
      return '';
    }
  }

  write(inside: string, text: string, mode = 0o644): void {
    mkdirSync(dirname(this.path(inside)), { recursive: true });
    writeFileSync(this.path(inside), text, { mode });
  }

  /** Nothing in it runs for so long, while the clocks go on. */
  async pause(ms: number): Promise<void> {
    await this.group.freeze();
    await Bun.sleep(ms);
    await this.group.thaw();
  }

  /** Pulls the plug; nothing is left. */
  async destroy(): Promise<void> {
    // The end of its pid 1 is that of all its processes.
    process.kill(this.leader, 'SIGKILL');
    await this.container.exited;
    await this.group.remove();
    await must(['umount', this.directory]);
    rmSync(dirname(this.directory), { recursive: true });
  }

  /** Every job of the boot is done; that something failed which nobody here needs does not matter. */
  private async isUp(): Promise<boolean> {
    const { stdout } = await this.run('systemctl', 'is-system-running');
    return stdout === 'running\n' || stdout === 'degraded\n';
  }
}

/** A tree that was begun but not finished is not taken for one. */
async function bootstrap(): Promise<void> {
  if (existsSync(baseTree)) return;
  if (process.getuid?.() !== 0) throw new Error('a machine of its own can only be made by root');
  const unfinished = `${baseTree}.${process.pid}`;
  mkdirSync(dirname(unfinished), { recursive: true });
  await must([
    'debootstrap',
    '--variant=minbase',
    `--include=${packages.join(',')}`,
    'bookworm',
    unfinished,
    'http://deb.debian.org/debian',
  ]);
  rmSync(join(unfinished, 'var/cache/apt/archives'), { recursive: true });
  // Downloads are no matter of these tests; what apt installs comes from our repository.
  writeFileSync(join(unfinished, 'etc/apt/sources.list'), '');
  rmSync(join(unfinished, 'etc/systemd/system/multi-user.target.wants/supervisor.service'), { force: true });
  renameSync(unfinished, baseTree);
}

/** The base tree, to be changed without changing it. */
async function overlay(tree: string, scratch: string): Promise<void> {
  const [upper, work] = [join(scratch, 'changes'), join(scratch, 'work')];
  for (const directory of [tree, upper, work]) mkdirSync(directory);
  const options = `lowerdir=${baseTree},upperdir=${upper},workdir=${work}`;
  await must(['mount', '-t', 'overlay', 'overlay', '-o', options, tree]);
}

/** The child of systemd-nspawn that is pid 1 of the container; another one comes before it. */
function initOf(nspawn: number): number | null {
  try {
    const [child = ''] = readFileSync(`/proc/${nspawn}/task/${nspawn}/children`, 'utf8').split(' ');
    const isInit = /^NSpid:.*\t1$/m.test(readFileSync(`/proc/${child}/status`, 'utf8'));
    return isInit ? Number(child) : null;
  } catch {
    return null;
  }
}
