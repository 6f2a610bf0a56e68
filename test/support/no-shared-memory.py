# Executes a program for which clone(2) of a process that shares memory fails with EINVAL, by seccomp(2), like under QEMU
# user emulation; threads and forks work. argv: the program and its arguments.
import ctypes, errno, os, platform, struct, sys

PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
CLONE_VM, CLONE_THREAD = 0x100, 0x10000
ALLOW, REFUSE = 0x7fff0000, 0x50000 | errno.EINVAL
CLONE = {'x86_64': 56, 'aarch64': 220}[platform.machine()]
LOAD, AND, IF_EQUAL, RETURN = 0x20, 0x54, 0x15, 0x06
# Offsets in struct seccomp_data: system call number, and lower half of the first argument.
NUMBER, FLAGS = 0, 16
filter = b''.join(
    struct.pack('HBBI', *instruction)
    for instruction in [
        (LOAD, 0, 0, NUMBER),
        (IF_EQUAL, 0, 3, CLONE),
        (LOAD, 0, 0, FLAGS),
        (AND, 0, 0, CLONE_VM | CLONE_THREAD),
        (IF_EQUAL, 1, 0, CLONE_VM),
        (RETURN, 0, 0, ALLOW),
        (RETURN, 0, 0, REFUSE),
    ]
)
code = ctypes.create_string_buffer(filter)
program = struct.pack('HxxxxxxP', len(filter) // 8, ctypes.addressof(code))
libc = ctypes.CDLL(None, use_errno=True)
for option in [(PR_SET_NO_NEW_PRIVS, 1, 0), (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program)]:
    if libc.prctl(*option, 0, 0) != 0:
        sys.exit(os.strerror(ctypes.get_errno()))
os.execv(sys.argv[1], sys.argv[1:])
