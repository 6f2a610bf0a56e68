# Executes a program for which writable and executable memory fails with EPERM, by seccomp(2), like systemd's
# MemoryDenyWriteExecute=yes and SELinux's deny_execmem. argv: the program and its arguments.
import ctypes, errno, os, platform, struct, sys

PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
PROT_WRITE, PROT_EXEC = 2, 4
ALLOW, REFUSE = 0x7fff0000, 0x50000 | errno.EPERM
MMAP, MPROTECT = {'x86_64': (9, 10), 'aarch64': (222, 226)}[platform.machine()]
LOAD, AND, IF_EQUAL, IF_ANY, RETURN = 0x20, 0x54, 0x15, 0x45, 0x06
# Offsets in struct seccomp_data: system call number, and lower half of the third argument.
NUMBER, PROTECTION = 0, 32
filter = b''.join(
    struct.pack('HBBI', *instruction)
    for instruction in [
        (LOAD, 0, 0, NUMBER),
        (IF_EQUAL, 0, 3, MMAP),
        (LOAD, 0, 0, PROTECTION),
        (AND, 0, 0, PROT_WRITE | PROT_EXEC),
        (IF_EQUAL, 4, 3, PROT_WRITE | PROT_EXEC),
        (IF_EQUAL, 0, 2, MPROTECT),
        (LOAD, 0, 0, PROTECTION),
        (IF_ANY, 1, 0, PROT_EXEC),
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
