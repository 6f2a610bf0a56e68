# Stops one thread of another process, as a hang of that thread alone would: ptrace(2). argv: pid, thread's name or "main".
# Prints "stopped" and lets it go on at the end of stdin. Ends when the thread is killed.
import ctypes, os, sys, threading

PTRACE_SEIZE, PTRACE_INTERRUPT, PTRACE_DETACH, WALL = 0x4206, 0x4207, 17, 0x40000000
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


def ptrace(request, tid):
    if libc.ptrace(request, tid, None, None) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def thread(pid, name):
    if name == 'main':
        return pid
    for tid in os.listdir(f'/proc/{pid}/task'):
        with open(f'/proc/{pid}/task/{tid}/comm') as comm:
            if comm.read().strip() == name:
                return int(tid)
    raise LookupError(name)


tid = thread(int(sys.argv[1]), sys.argv[2])
ptrace(PTRACE_SEIZE, tid)
ptrace(PTRACE_INTERRUPT, tid)
os.waitpid(tid, WALL)
print('stopped', flush=True)


def let_go_at_end_of_input():
    sys.stdin.read()
    os._exit(0)


threading.Thread(target=let_go_at_end_of_input, daemon=True).start()
# Whoever traces a thread has to take note of its end before anybody else hears of it.
while True:
    _, status = os.waitpid(tid, WALL)
    if not os.WIFSTOPPED(status):
        os._exit(0)
