# Executes a program for which writable and executable memory fails with EPERM, like systemd's MemoryDenyWriteExecute=yes
# and SELinux's deny_execmem. argv: the program and its arguments.
import errno, platform, sys

sys.dont_write_bytecode = True
from seccomp import ALLOW, AND, FAIL_WITH, IF_ANY, IF_EQUAL, LOAD, NUMBER, RETURN, argument, execute

PROT_WRITE, PROT_EXEC = 2, 4
MMAP, MPROTECT = {'x86_64': (9, 10), 'aarch64': (222, 226)}[platform.machine()]
PROTECTION = argument(2)
execute(
    [
        (LOAD, 0, 0, NUMBER),
        (IF_EQUAL, 0, 3, MMAP),
        (LOAD, 0, 0, PROTECTION),
        (AND, 0, 0, PROT_WRITE | PROT_EXEC),
        (IF_EQUAL, 4, 3, PROT_WRITE | PROT_EXEC),
        (IF_EQUAL, 0, 2, MPROTECT),
        (LOAD, 0, 0, PROTECTION),
        (IF_ANY, 1, 0, PROT_EXEC),
        (RETURN, 0, 0, ALLOW),
        (RETURN, 0, 0, FAIL_WITH | errno.EPERM),
    ],
    sys.argv[1:],
)
