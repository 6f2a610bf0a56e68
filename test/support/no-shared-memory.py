# Executes a program for which clone(2) of a process that shares memory fails with EINVAL, like under QEMU user emulation;
# threads and forks work. argv: the program and its arguments.
import errno, platform, sys

sys.dont_write_bytecode = True
from seccomp import ALLOW, AND, FAIL_WITH, IF_EQUAL, LOAD, NUMBER, RETURN, argument, execute

CLONE_VM, CLONE_THREAD = 0x100, 0x10000
CLONE = {'x86_64': 56, 'aarch64': 220}[platform.machine()]
FLAGS = argument(0)
execute(
    [
        (LOAD, 0, 0, NUMBER),
        (IF_EQUAL, 0, 3, CLONE),
        (LOAD, 0, 0, FLAGS),
        (AND, 0, 0, CLONE_VM | CLONE_THREAD),
        (IF_EQUAL, 1, 0, CLONE_VM),
        (RETURN, 0, 0, ALLOW),
        (RETURN, 0, 0, FAIL_WITH | errno.EINVAL),
    ],
    sys.argv[1:],
)
