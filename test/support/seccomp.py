# Executes a program under a filter of system calls: seccomp(2), as BPF instructions.
import ctypes, os, struct, sys

PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
LOAD, AND, IF_EQUAL, IF_ANY, RETURN = 0x20, 0x54, 0x15, 0x45, 0x06
ALLOW, FAIL_WITH = 0x7fff0000, 0x50000
# Offset of the system call number in struct seccomp_data.
NUMBER = 0


def argument(index):
    """Offset of the lower half of an argument in struct seccomp_data."""
    return 16 + 8 * index


def execute(instructions, argv):
    """Replaces this process. Each instruction: operation, jump if true, jump if false, operand."""
    code = ctypes.create_string_buffer(b''.join(struct.pack('HBBI', *instruction) for instruction in instructions))
    program = struct.pack('HxxxxxxP', len(instructions), ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    for option in [(PR_SET_NO_NEW_PRIVS, 1, 0), (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program)]:
        if libc.prctl(*option, 0, 0) != 0:
            sys.exit(os.strerror(ctypes.get_errno()))
    os.execv(argv[0], argv)
