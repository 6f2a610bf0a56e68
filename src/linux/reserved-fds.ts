// Reserved low descriptors for the standard streams of a child, the entrance of its cgroup and its failure report. It
// needs no others, so the kernel need not copy and close the thousands of descriptors the daemon may have.
import { checked } from './errno.ts';
import { cstring, libc, ptr } from './libc.ts';
import type { SpawnRequest } from './spawn-request.ts';

/** The descriptors a child needs. */
type Needed = Pick<SpawnRequest, 'stdio' | 'cgroup'>;
type Five = readonly [number, number, number, number, number];

export class ReservedFds {
  private constructor(
    private readonly devNull: number,
    private readonly numbers: Five,
  ) {}

  /** Empty where close_range(2) is missing (kernels before 5.9, sandboxes) or descriptors run out. */
  static reserve(count: number): readonly ReservedFds[] {
    if (libc.syscall(CLOSE_RANGE, NONE, NONE, 0n, 0n) !== 0n) return [];
    const devNull = libc.open(ptr(cstring('/dev/null')), O_RDWR_CLOEXEC, 0);
    if (devNull < 0) return [];
    const fives = Array.from(
      { length: count },
      (): Five => [
        duplicate(devNull),
        duplicate(devNull),
        duplicate(devNull),
        duplicate(devNull),
        duplicate(devNull),
      ],
    );
    const all = fives.flat();
    if (all.every((fd) => fd >= 0)) return fives.map((numbers) => new ReservedFds(devNull, numbers));
    for (const fd of [devNull, ...all]) libc.close(fd);
    return [];
  }

  /** All descriptors a child needs, in ascending order. */
  get kept(): readonly number[] {
    return this.numbers.toSorted((a, b) => a - b);
  }

  /** Where a forked child finds the pipe for its failure report. */
  get report(): number {
    return this.numbers[4];
  }

  /** Duplicates the descriptors, so that the caller may close its own. Throws SyscallError. */
  hold({ stdio, cgroup }: Needed): Needed {
    const copies = this.numbers;
    [...stdio, cgroup ?? this.devNull].forEach((fd, index) => {
      checked(libc.dup3(fd, copies[index] ?? NOWHERE, O_CLOEXEC), 'dup3');
    });
    return { stdio: [copies[0], copies[1], copies[2]], cgroup: cgroup === null ? null : copies[3] };
  }

  /** Closes the duplicates but keeps the numbers reserved. dup3(2) cannot fail here: every number is open. */
  release(): void {
    for (const number of this.numbers) libc.dup3(this.devNull, number, O_CLOEXEC);
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
