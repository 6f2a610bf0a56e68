# Opens sockets and passes them to a program like systemd: pass-sockets.py NAME=ADDRESS… -- PROGRAM ARGUMENT…
# ADDRESS is a path or a port of 127.0.0.1; `stdin` passes a descriptor that is not a socket.
import os, socket, sys

separator = sys.argv.index('--')
names, opened = [], []
for word in sys.argv[1:separator]:
    name, address = word.split('=', 1)
    names.append(name)
    if address == 'stdin':
        opened.append(os.dup(0))
        continue
    family, where = (socket.AF_INET, ('127.0.0.1', int(address))) if address.isdigit() else (socket.AF_UNIX, address)
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(where)
    listening.listen()
    opened.append(listening.detach())
# Above the descriptor numbers that are passed.
high = [os.dup2(fd, 100 + index) for index, fd in enumerate(opened)]
for index, fd in enumerate(high):
    os.dup2(fd, 3 + index, inheritable=True)
    os.close(fd)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(high)), LISTEN_FDNAMES=':'.join(names))
program = sys.argv[separator + 1:]
os.execv(program[0], program)
