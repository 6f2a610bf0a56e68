# For programs of tests: speaks sd_notify(3) by a raw socket.
import array, ctypes, os, select, socket, struct, sys, time

def address():
    return os.environ['NOTIFY_SOCKET']

# `descriptors` are passed along; `pid` is what a privileged sender claims to be.
def send(text, to=None, descriptors=(), pid=None):
    data = text if isinstance(text, bytes) else text.encode()
    ancillary = []
    if descriptors:
        ancillary.append((socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', descriptors)))
    if pid is not None:
        credentials = struct.pack('iII', pid, os.getuid(), os.getgid())
        ancillary.append((socket.SOL_SOCKET, socket.SCM_CREDENTIALS, credentials))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.sendmsg([data], ancillary, 0, to or address())

# Returns when everything sent before was handled; False when that takes longer.
def barrier(to=None, seconds=20):
    ours, theirs = os.pipe()
    send('BARRIER=1', to, [theirs])
    os.close(theirs)
    poll = select.poll()
    poll.register(ours, select.POLLHUP)
    return len(poll.poll(seconds * 1000)) > 0

def stay():
    while True: time.sleep(1000)

# A session of its own and a second fork. True in the daemon, which is an orphan; False in the process that has called it.
def fork_daemon():
    middle = os.fork()
    if middle:
        os.waitpid(middle, 0)
        return False
    os.setsid()
    middle = os.getpid()
    if os.fork(): os._exit(0)
    while os.getppid() == middle: time.sleep(0.001)
    return True

# As programs do whose title `ps` shows.
def overwrite_environment():
    with open('/proc/self/stat') as file: fields = file.read().rpartition(')')[2].split()
    start, end = int(fields[47]), int(fields[48])
    ctypes.memset(start, ord('t'), end - start)

# A file that appears whole.
def write(name, text):
    with open(f'{name}.new', 'w') as file: file.write(str(text))
    os.rename(f'{name}.new', name)

def wait_for(name):
    while not os.path.exists(name): time.sleep(0.005)
    with open(name) as file: return file.read()
