// Three descriptors with low numbers by which new processes get their standard streams. They need no others, so none of
// the thousands that we may have must be copied for them at fork and closed at exec.
import { checked } from './errno.ts';
import { cstring, libc, ptr } from './libc.ts';

type Three = readonly [number, number, number];

export class LowDescriptors {
  private constructor(
    private readonly nothing: number,
    private readonly numbers: Three,
  ) {}

  /** None where the kernel (before 5.9) or a sandbox lacks close_range(2), or when there are not so many left. */
  static reserve(count: number): readonly LowDescriptors[] {
    if (libc.syscall(CLOSE_RANGE, NONE, NONE, 0n, 0n) !== 0n) return [];
    const nothing = libc.open(ptr(cstring('/dev/null')), O_RDWR_CLOEXEC, 0);
    if (nothing < 0) return [];
    const threes = Array.from(
      { length: count },
      (): Three => [another(nothing), another(nothing), another(nothing)],
    );
    const all = threes.flat();
    if (all.every((fd) => fd >= 0)) return threes.map((numbers) => new LowDescriptors(nothing, numbers));
    for (const fd of [nothing, ...all]) libc.close(fd);
    return [];
  }

  /** The lowest number that a process does not need. */
  get end(): number {
    return Math.max(...this.numbers) + 1;
  }

  /** Makes the three copies of `stdio`. Throws SyscallError when they cannot be. */
  hold(stdio: Three): Three {
    this.numbers.forEach((number, index) => {
      checked(libc.dup3(stdio[index] ?? this.nothing, number, O_CLOEXEC), 'dup3');
    });
    return this.numbers;
  }

  /** What was held is ours alone again. */
  letGo(): void {
    for (const number of this.numbers) libc.dup3(this.nothing, number, O_CLOEXEC);
  }
}

/** On all architectures. */
const CLOSE_RANGE = 436n;
const NONE = 0xffffffffn;
const O_CLOEXEC = 0o2000000;
const O_RDWR_CLOEXEC = 0o2 | O_CLOEXEC;
const F_DUPFD_CLOEXEC = 1030;

function another(fd: number): number {
  return libc.fcntl(fd, F_DUPFD_CLOEXEC, 3n);
}
