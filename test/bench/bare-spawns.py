"""What no supervisor can surpass: starts as many `sleep` as its argument says, each with three pipes, and does nothing
else. Prints the milliseconds that took."""
import os
import resource
import signal
import sys
import time

hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
pids = []
started = time.monotonic()
for number in range(int(sys.argv[1])):
    (stdin, a), (b, stdout), (c, stderr) = os.pipe(), os.pipe(), os.pipe()
    streams = [(os.POSIX_SPAWN_DUP2, fd, target) for target, fd in enumerate((stdin, stdout, stderr))]
    pids.append(os.posix_spawn('/bin/sleep', ['sleep', '100000'], os.environ, file_actions=streams, setpgroup=0))
    for fd in (stdin, stdout, stderr):
        os.close(fd)
print((time.monotonic() - started) * 1000)
for pid in pids:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
