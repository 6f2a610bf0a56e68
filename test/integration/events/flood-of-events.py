"""Sends so many numbered remote communication events, a hundred a call, and reports the slowest call in seconds.

Arguments: unix socket, number of events.
"""
import sys
import time
from xmlrpc.client import ServerProxy

from supervisor.xmlrpc import SupervisorTransport

socket_path, total = sys.argv[1], int(sys.argv[2])
server = ServerProxy('http://x', SupervisorTransport(None, None, 'unix://' + socket_path))
slowest = 0.0
for first in range(0, total, 100):
    started = time.monotonic()
    server.system.multicall([
        {'methodName': 'supervisor.sendRemoteCommEvent', 'params': ['count', str(number)]}
        for number in range(first, min(first + 100, total))
    ])
    slowest = max(slowest, time.monotonic() - started)
print(slowest)
