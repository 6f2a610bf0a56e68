// Descriptors with low numbers by which a new process gets its standard streams and the entrance of its cgroup, and
// reports its failure. It needs no others, so none of the thousands that we may have must be copied and closed for it.
import { checked } from './errno.ts';
import { cstring, libc, ptr } from './libc.ts';
import type { SpawnRequest } from './spawn-request.ts';

/** What a new process needs of our descriptors. */
type Needed = Pick<SpawnRequest, 'stdio' | 'cgroup'>;
type Five = readonly [number, number, number, number, number];

export class ReservedFds {
  private constructor(
    private readonly nothing: number,
    private readonly numbers: Five,
  ) {}

  /** None where the kernel (before 5.9) or a sandbox lacks close_range(2), or when there are not so many left. */
  static reserve(count: number): readonly ReservedFds[] {
    if (libc.syscall(CLOSE_RANGE, NONE, NONE, 0n, 0n) !== 0n) return [];
    const nothing = libc.open(ptr(cstring('/dev/null')), O_RDWR_CLOEXEC, 0);
    if (nothing < 0) return [];
    const fives = Array.from(
      { length: count },
      (): Five => [another(nothing), another(nothing), another(nothing), another(nothing), another(nothing)],
    );
    const all = fives.flat();
    if (all.every((fd) => fd >= 0)) return fives.map((numbers) => new ReservedFds(nothing, numbers));
    for (const fd of [nothing, ...all]) libc.close(fd);
    return [];
  }

  /** All that a process needs, in ascending order. */
  get kept(): readonly number[] {
    return this.numbers.toSorted((a, b) => a - b);
  }

  /** Where a process that shares no memory with us finds the pipe to report its failure to. */
  get report(): number {
    return this.numbers[4];
  }

  /** Makes copies, which stay when ours are closed. Throws SyscallError when they cannot be. */
  hold({ stdio, cgroup }: Needed): Needed {
    const copies = this.numbers;
    [...stdio, cgroup ?? this.nothing].forEach((fd, index) => {
      checked(libc.dup3(fd, copies[index] ?? NOWHERE, O_CLOEXEC), 'dup3');
    });
    return { stdio: [copies[0], copies[1], copies[2]], cgroup: cgroup === null ? null : copies[3] };
  }

  /** What was held is ours alone again. Nothing can fail: all the numbers are open, and ours. */
  letGo(): void {
    for (const number of this.numbers) libc.dup3(this.nothing, number, O_CLOEXEC);
  }
}

const NOWHERE = -1;
/** On all architectures. */
const CLOSE_RANGE = 436n;
const NONE = 0xffffffffn;
const O_CLOEXEC = 0o2000000;
const O_RDWR_CLOEXEC = 0o2 | O_CLOEXEC;
const F_DUPFD_CLOEXEC = 1030;

function another(fd: number): number {
  return libc.fcntl(fd, F_DUPFD_CLOEXEC, 3n);
}
