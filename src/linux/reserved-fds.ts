// Reserved low descriptors for the standard streams of a child, one more, the entrance of its cgroup and its failure report.
// It needs no others, so the kernel need not copy and close the thousands of descriptors the daemon may have.
import { checked } from './errno.ts';
import { cstring, libc, ptr } from './libc.ts';
import type { SpawnRequest } from './spawn-request.ts';

/** The descriptors a child needs. */
type Needed = Pick<SpawnRequest, 'stdio' | 'cgroup' | 'extra'>;
type Six = readonly [number, number, number, number, number, number];

/** Duplicates of the descriptors a child needs. */
export interface Held extends Needed {
  /** Where a forked child finds the pipe for its failure report. */
  readonly report: number;
}

export class ReservedFds {
  private constructor(
    private readonly devNull: number,
    private readonly numbers: Six,
  ) {}

  /** Empty where close_range(2) is missing (kernels before 5.9, sandboxes) or descriptors run out. */
  static reserve(count: number): readonly ReservedFds[] {
    if (libc.syscall(CLOSE_RANGE, NONE, NONE, 0n, 0n) !== 0n) return [];
    const devNull = libc.open(ptr(cstring('/dev/null')), O_RDWR_CLOEXEC, 0);
    if (devNull < 0) return [];
    const sixes = Array.from(
      { length: count },
      (): Six => [
        duplicate(devNull),
        duplicate(devNull),
        duplicate(devNull),
        duplicate(devNull),
        duplicate(devNull),
        duplicate(devNull),
      ],
    );
    const all = sixes.flat();
    if (all.every((fd) => fd >= 0)) return sixes.map((numbers) => new ReservedFds(devNull, numbers));
    for (const fd of [devNull, ...all]) libc.close(fd);
    return [];
  }

  /** All descriptors a child needs, in ascending order. */
  get kept(): readonly number[] {
    return this.numbers.toSorted((a, b) => a - b);
  }

  /** Duplicates the descriptors, so that the caller may close its own. Throws SyscallError. */
  hold({ stdio, cgroup, extra }: Needed): Held {
    const [stdin, stdout, stderr, entrance, report, additional] = this.#numbersFor(extra);
    const copies = [...stdio, cgroup ?? this.devNull, extra?.fd ?? this.devNull] as const;
    for (const [index, number] of [stdin, stdout, stderr, entrance, additional].entries())
      checked(libc.dup3(copies[index] ?? NOWHERE, number, O_CLOEXEC), 'dup3');
    return {
      stdio: [stdin, stdout, stderr],
      cgroup: cgroup === null ? null : entrance,
      extra: extra && { fd: additional, target: extra.target },
      report,
    };
  }

  /** Closes the duplicates but keeps the numbers reserved. dup3(2) cannot fail here: every number is open. */
  release(): void {
    for (const number of this.numbers) libc.dup3(this.devNull, number, O_CLOEXEC);
  }

  /**
   * The numbers, by use, in an order that leaves the number of the additional descriptor in the child to itself: in the
   * child it would otherwise overwrite the pipe for the failure report.
   */
  #numbersFor(extra: SpawnRequest['extra']): Six {
    const [stdin, stdout, stderr, entrance, report, additional] = this.numbers;
    if (extra?.target !== report) return this.numbers;
    return [stdin, stdout, stderr, entrance, additional, report];
  }
}

const NOWHERE = -1;
/** The same on every architecture. */
const CLOSE_RANGE = 436n;
const NONE = 0xffffffffn;
const O_CLOEXEC = 0o2000000;
const O_RDWR_CLOEXEC = 0o2 | O_CLOEXEC;
const F_DUPFD_CLOEXEC = 1030;

function duplicate(fd: number): number {
  return libc.fcntl(fd, F_DUPFD_CLOEXEC, 3n);
}
