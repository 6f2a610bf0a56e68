"""A daemon of the old kind: it forks into the background unless it gets --foreground."""
import os
import signal
import socket
import sys


def notify(text):
    """sd_notify(3). An address that begins with @ is in the abstract namespace."""
    address = os.environ.get('NOTIFY_SOCKET')
    if address:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.sendto(text.encode(), address.replace('@', '\0', 1))


def become_daemon():
    """As daemon(7) says: the first process exits when the daemon is ready, not before."""
    ready, tell = os.pipe()
    if os.fork():
        os.close(tell)
        sys.exit(0 if os.read(ready, 1) else 1)
    os.setsid()
    if os.fork():
        os._exit(0)
    notify(f'MAINPID={os.getpid()}\nREADY=1')
    os.write(tell, b'1')
    os.close(tell)


if '--foreground' not in sys.argv:
    become_daemon()
while True:
    signal.pause()
