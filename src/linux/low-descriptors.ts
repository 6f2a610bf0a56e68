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

  /** Null where the kernel (before 5.9) or a sandbox lacks close_range(2), or when there are no descriptors left. */
  static reserve(): LowDescriptors | null {
    if (libc.syscall(CLOSE_RANGE, NONE, NONE, 0n, 0n) !== 0n) return null;
    const nothing = libc.open(ptr(cstring('/dev/null')), O_RDWR_CLOEXEC, 0);
    if (nothing < 0) return null;
    const [first, second, third] = [another(nothing), another(nothing), another(nothing)];
    if (third >= 0) return new LowDescriptors(nothing, [first, second, third]);
    for (const fd of [nothing, first, second]) libc.close(fd);
    return null;
  }

  /** The lowest number that a process does not need. */
  get end(): number {
    return Math.max(...this.numbers) + 1;
  }

  /** For the time of `action`, the three are copies of `stdio`. Throws SyscallError when they cannot be. */
  as<T>(stdio: Three, action: (low: Three) => T): T {
    const { numbers, nothing } = this;
    try {
      numbers.forEach((number, index) => {
        checked(libc.dup3(stdio[index] ?? nothing, number, O_CLOEXEC), 'dup3');
      });
      return action(numbers);
    } finally {
      for (const number of numbers) libc.dup3(nothing, number, O_CLOEXEC);
    }
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
