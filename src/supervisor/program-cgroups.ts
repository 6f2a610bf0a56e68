// A cgroup for each process of a program, beside one for the manager itself, below the one that was left to us.
// Nothing that fails here keeps a program from running: it runs without a cgroup then.
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
} from '../linux/cgroup.ts';
import { closeFile } from '../linux/file.ts';
import { managerName, type OwnCgroup } from '../linux/own-cgroup.ts';
import { type Beginning, begin, SpawnFailure, type SpawnRequest, spawn } from '../linux/spawn.ts';
import { isSystemError } from '../linux/system-error.ts';

export interface CgroupLog {
  debug(message: string): void;
  warn(message: string): void;
}

/** Between the names of group and process, so that nothing else is named like this: neither we nor kernel files. */
const separator = ':';
/** After SIGKILL only a process that hangs in the kernel takes longer. */
const killedMs = 5000;

export class ProgramCgroups {
  private constructor(readonly root: string) {}

  /**
   * Moves ourselves into a cgroup of our own: beside others below it, a cgroup should have no processes. What an
   * earlier life has left there empty is taken away. A text tells why we go without.
   */
  static settle(own: OwnCgroup): ProgramCgroups | string {
    if ('refusal' in own) return own.refusal;
    const { root } = own;
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
    return new ProgramCgroups(root);
  }

  /** That of a process, which is made when the process is. */
  of(group: string, process: string, log: CgroupLog): ProgramCgroup {
    return new ProgramCgroup(join(this.root, cgroupName(group, process)), log);
  }
}

export class ProgramCgroup {
  /** Whether there is a directory, as far as we know. */
  #exists = false;
  /** Whether the last child is in it. What an earlier one left may be there without it. */
  #isEntered = false;

  constructor(
    private readonly directory: string,
    private readonly log: CgroupLog,
  ) {}

  /**
   * As `begin` of spawn.ts does, in the cgroup where that is possible. What an earlier run has left in it stays there,
   * unless it is to be killed.
   */
  begin(request: Omit<SpawnRequest, 'cgroup'>, killLeftovers: boolean): Beginning {
    const entrance = this.#open(killLeftovers);
    this.#isEntered = entrance !== null;
    if (entrance === null) return begin({ ...request, cgroup: null });
    try {
      const beginning = begin({ ...request, cgroup: entrance });
      return { settle: () => this.#settle(beginning, request, entrance) };
    } catch (error) {
      closeFile(entrance);
      this.#leave();
      throw error;
    }
  }

  #settle(beginning: Beginning, request: Omit<SpawnRequest, 'cgroup'>, entrance: number): number {
    try {
      return beginning.settle();
    } catch (error) {
      this.#leave();
      if (!(error instanceof SpawnFailure && error.stage === 'cgroup')) throw error;
      this.#tellRefusal(error.reason);
      return spawn({ ...request, cgroup: null });
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

  /** To be called when the child has ended. Resolves when nothing is left that should not be. */
  async ended(killLeftovers: boolean): Promise<void> {
    if (this.remove() || !killLeftovers) return;
    this.kill();
    if (!(await untilEmpty(this.directory, killedMs)))
      this.log.warn(`processes in ${this.directory} survive SIGKILL: ${pidsIn(this.directory).join(', ')}`);
    this.remove();
  }

  /** False when something is left in it: then it stays, and the next start finds it. */
  remove(): boolean {
    if (this.#exists) this.#exists = !removeCgroup(this.directory);
    return !this.#exists;
  }

  /** Null when the last child is not in it. */
  usage(): CgroupUsage | null {
    return this.#isEntered ? cgroupUsage(this.directory) : null;
  }

  /** The descriptor to enter it by, or null. */
  #open(killLeftovers: boolean): number | null {
    try {
      const isNew = createCgroup(this.directory);
      this.#exists = true;
      if (!isNew && killLeftovers) killCgroup(this.directory);
      return openEntrance(this.directory);
    } catch (error) {
      this.remove();
      this.#tellRefusal(reasonOf(error));
      return null;
    }
  }

  #tellRefusal(reason: string): void {
    this.log.debug(`not in cgroup ${this.directory}: ${reason}`);
  }
}

const maxNameLength = 255;

/**
 * A directory name for any names: bytes that are not plain become `%XX`. One that would be too long is cut, and told
 * from others by a hash.
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

/** The system's errors; others are mistakes of ours. */
function reasonOf(error: unknown): string {
  if (isSystemError(error)) return error.message;
  throw error;
}
