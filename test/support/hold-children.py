# Stops new children of another process's main thread before their first instruction: ptrace(2). argv: pid.
# Prints "holds" and resumes them at the end of stdin.
import ctypes, os, sys, threading

PTRACE_CONT, PTRACE_SEIZE, PTRACE_O_TRACEFORK, WALL = 7, 0x4206, 2, 0x40000000
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
pid = int(sys.argv[1])
if libc.ptrace(PTRACE_SEIZE, pid, None, PTRACE_O_TRACEFORK) != 0:
    sys.exit(os.strerror(ctypes.get_errno()))
print('holds', flush=True)


def let_go_at_end_of_input():
    sys.stdin.read()
    os._exit(0)


threading.Thread(target=let_go_at_end_of_input, daemon=True).start()
while True:
    stopped, status = os.waitpid(-1, WALL)
    if stopped != pid or not os.WIFSTOPPED(status):
        continue
    # An event stop (event number above the signal bits) delivers no signal.
    sent = 0 if status >> 16 else os.WSTOPSIG(status)
    libc.ptrace(PTRACE_CONT, pid, None, sent)
