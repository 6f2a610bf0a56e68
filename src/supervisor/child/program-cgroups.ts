// A cgroup for each process and one for the daemon itself, below the delegated one.
// Best effort: when a cgroup operation fails, the program runs without a cgroup.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import {
  type CgroupUsage,
  cgroupsIn,
  cgroupUsage,
  createCgroup,
  killCgroup,
  moveInto,
  openEntrance,
  pidsIn,
  removeCgroup,
  untilEmpty,
} from '../../linux/cgroup.ts';
import { closeFile } from '../../linux/file.ts';
import { cgroupOf, managerName, type OwnCgroup } from '../../linux/own-cgroup.ts';
import { beginSpawn, type PendingSpawn, SpawnFailure, type SpawnRequest, spawn } from '../../linux/spawn.ts';
import { isSystemError } from '../../linux/system-error.ts';

export interface CgroupLog {
  debug(message: string): void;
  warn(message: string): void;
}

/** Between the names of group and process: neither the daemon's cgroup nor a kernel file has it in its name. */
const separator = ':';
/** After SIGKILL only uninterruptible sleep takes longer. */
const killedMs = 5000;

export class ProgramCgroups {
  private constructor(
    readonly root: string,
    /** Of `root`, in the hierarchy. */
    private readonly path: string,
  ) {}

  /**
   * Moves the daemon into a cgroup of its own: a cgroup with children should have no processes itself (cgroups(7), "no
   * internal processes"). Removes empty cgroups of an earlier run. Returns the reason as text when cgroups are unusable.
   */
  static setUp(own: OwnCgroup): ProgramCgroups | string {
    if ('refusal' in own) return own.refusal;
    const { root, path } = own;
    const manager = join(root, managerName);
    try {
      createCgroup(manager);
      moveInto(manager, process.pid);
    } catch (error) {
      removeCgroup(manager);
      return reasonOf(error);
    }
    const stale = cgroupsIn(root).filter((directory) => directory.includes(separator, root.length));
    stale.forEach(removeCgroup);
    return new ProgramCgroups(root, path);
  }

  /** The cgroup of a process; the directory is created at the first spawn. */
  of(group: string, process: string, log: CgroupLog): ProgramCgroup {
    const name = cgroupName(group, process);
    return new ProgramCgroup(join(this.root, name), join(this.path, name), log);
  }
}

export class ProgramCgroup {
  /** Whether the directory is believed to exist. */
  #exists = false;
  /** Whether the last child was spawned in it. Leftovers of an earlier child may be in it all the same. */
  #isEntered = false;
  /** Whether its leftovers are being killed. */
  #isEnding = false;

  constructor(
    private readonly directory: string,
    /** In the hierarchy. */
    private readonly path: string,
    private readonly log: CgroupLog,
  ) {}

  /**
   * Like `beginSpawn` of spawn.ts, in the cgroup where that is possible. Leftovers of an earlier child stay in it unless
   * `killLeftovers`.
   */
  beginSpawn(request: Omit<SpawnRequest, 'cgroup'>, killLeftovers: boolean): PendingSpawn {
    const entrance = this.#open(killLeftovers);
    this.#isEntered = entrance !== null;
    if (entrance === null) return beginSpawn({ ...request, cgroup: null });
    try {
      const pending = beginSpawn({ ...request, cgroup: entrance });
      return { finish: () => this.#finish(pending, request, entrance) };
    } catch (error) {
      closeFile(entrance);
      this.#leave();
      throw error;
    }
  }

  #finish(pending: PendingSpawn, request: Omit<SpawnRequest, 'cgroup'>, entrance: number): number {
    try {
      return pending.finish();
    } catch (error) {
      this.#leave();
      return this.#spawnOutside(request, error);
    } finally {
      closeFile(entrance);
    }
  }

  /** After the kernel has refused the cgroup; throws any other error again. */
  #spawnOutside(request: Omit<SpawnRequest, 'cgroup'>, error: unknown): number {
    if (!(error instanceof SpawnFailure && error.stage === 'cgroup')) throw error;
    this.#logRefusal(error.reason);
    return spawn({ ...request, cgroup: null });
  }

  /**
   * Like `spawn` of spawn.ts, beside the last child: in the cgroup if that was spawned in it, unless `ended` waits for it to
   * be empty.
   */
  spawnBeside(request: Omit<SpawnRequest, 'cgroup'>): number {
    const entrance = this.#isEntered && !this.#isEnding ? this.#entrance() : null;
    if (entrance === null) return spawn({ ...request, cgroup: null });
    try {
      return spawn({ ...request, cgroup: entrance });
    } catch (error) {
      return this.#spawnOutside(request, error);
    } finally {
      closeFile(entrance);
    }
  }

  #leave(): void {
    this.remove();
    this.#isEntered = false;
  }

  /** SIGKILL to everything in it. */
  kill(): void {
    if (this.#exists) killCgroup(this.directory);
  }

  /** Call it when the child has been reaped. Resolves when the leftovers are gone, if they are to be killed. */
  async ended(killLeftovers: boolean): Promise<void> {
    if (this.remove() || !killLeftovers) return;
    this.kill();
    this.#isEnding = true;
    const isEmpty = await untilEmpty(this.directory, killedMs);
    this.#isEnding = false;
    if (!isEmpty)
      this.log.warn(`processes in ${this.directory} survive SIGKILL: ${pidsIn(this.directory).join(', ')}`);
    this.remove();
  }

  /** False when processes are left in it: then it stays, and the next spawn reuses it. */
  remove(): boolean {
    if (this.#exists) this.#exists = !removeCgroup(this.directory);
    return !this.#exists;
  }

  /** Null when the last child was spawned outside. */
  usage(): CgroupUsage | null {
    return this.#isEntered ? cgroupUsage(this.directory) : null;
  }

  /** Whether the last child was spawned in it. */
  get isEntered(): boolean {
    return this.#isEntered;
  }

  /** Whether the process is in it or in a cgroup below it. False when the last child was spawned outside. */
  contains(pid: number): boolean {
    const path = this.#isEntered ? cgroupOf(pid) : null;
    return path !== null && (path === this.path || path.startsWith(`${this.path}/`));
  }

  /** Whether that is its inode number. False when the last child was spawned outside. */
  hasNumber(number: bigint): boolean {
    if (!this.#isEntered) return false;
    return statSync(this.directory, { bigint: true, throwIfNoEntry: false })?.ino === number;
  }

  /** A descriptor to spawn into it by, or null. */
  #open(killLeftovers: boolean): number | null {
    try {
      const isNew = createCgroup(this.directory);
      this.#exists = true;
      if (!isNew && killLeftovers) killCgroup(this.directory);
    } catch (error) {
      this.remove();
      this.#logRefusal(reasonOf(error));
      return null;
    }
    const entrance = this.#entrance();
    if (entrance === null) this.remove();
    return entrance;
  }

  #entrance(): number | null {
    try {
      return openEntrance(this.directory);
    } catch (error) {
      this.#logRefusal(reasonOf(error));
      return null;
    }
  }

  #logRefusal(reason: string): void {
    this.log.debug(`not in cgroup ${this.directory}: ${reason}`);
  }
}

const maxNameLength = 255;

/**
 * A directory name for any names: bytes outside [\w.@+-] become `%XX`. A name that would be too long is cut, and a hash
 * keeps it unique.
 */
export function cgroupName(group: string, process: string): string {
  const name = `${plain(group)}${separator}${plain(process)}`;
  if (name.length <= maxNameLength) return name;
  const hash = `~${Bun.hash(name).toString(36)}`;
  return name.slice(0, maxNameLength - hash.length) + hash;
}

function plain(name: string): string {
  return [...Buffer.from(name)].map((byte) => plainBytes[byte]).join('');
}

const plainBytes: readonly string[] = Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  return /[\w.@+-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
});

/** Errors of the system; any other is a bug and is thrown again. */
function reasonOf(error: unknown): string {
  if (isSystemError(error)) return error.message;
  throw error;
}
