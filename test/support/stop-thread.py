# Stops one thread of another process, as if it hung: ptrace(2). argv: pid, thread's name or "main".
# Prints "stopped" and resumes it at the end of stdin. Exits when the thread is killed.
# With an errno name as third argument, the system call in which the thread is blocked fails with it, and the thread continues.
import ctypes, errno, os, platform, sys, threading, time

PTRACE_CONT, PTRACE_SEIZE, PTRACE_INTERRUPT, PTRACE_DETACH, WALL = 7, 0x4206, 0x4207, 17, 0x40000000
PTRACE_GETREGSET, PTRACE_SETREGSET, NT_PRSTATUS = 0x4204, 0x4205, 1
# Index of the system call's result in struct user_regs_struct.
RESULT = {'x86_64': 10, 'aarch64': 0}
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


class Registers(ctypes.Structure):
    """struct iovec: 64 words are enough for both architectures."""
    _fields_ = [('base', ctypes.c_void_p), ('length', ctypes.c_size_t)]


def ptrace(request, tid, address=None, data=None):
    if libc.ptrace(request, tid, address, data) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def thread(pid, name):
    if name == 'main':
        return pid
    for tid in os.listdir(f'/proc/{pid}/task'):
        with open(f'/proc/{pid}/task/{tid}/comm') as comm:
            if comm.read().strip() == name:
                return int(tid)
    raise LookupError(name)


def stop(tid):
    ptrace(PTRACE_INTERRUPT, tid)
    os.waitpid(tid, WALL)


def fail_call(tid, number):
    """Whether it was blocked in a wait, which the stop has interrupted."""
    words = (ctypes.c_long * 64)()
    registers = Registers(ctypes.addressof(words), ctypes.sizeof(words))
    ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, ctypes.addressof(registers))
    result = RESULT[platform.machine()]
    if words[result] != -errno.EINTR:
        return False
    words[result] = -number
    ptrace(PTRACE_SETREGSET, tid, NT_PRSTATUS, ctypes.addressof(registers))
    return True


tid = thread(int(sys.argv[1]), sys.argv[2])
ptrace(PTRACE_SEIZE, tid)
stop(tid)
if len(sys.argv) > 3:
    while not fail_call(tid, getattr(errno, sys.argv[3])):
        ptrace(PTRACE_CONT, tid)
        time.sleep(0.01)
        stop(tid)
    ptrace(PTRACE_DETACH, tid)
    sys.exit()
print('stopped', flush=True)


def let_go_at_end_of_input():
    sys.stdin.read()
    os._exit(0)


threading.Thread(target=let_go_at_end_of_input, daemon=True).start()
# The tracer has to reap a thread before the exit is reported to others.
while True:
    _, status = os.waitpid(tid, WALL)
    if not os.WIFSTOPPED(status):
        os._exit(0)
