"""Tells as JSON what the unix socket at the given path is like: its mode and owner, how many clients may wait, who listens."""
import json
import os
import socket
import stat
import sys

path = sys.argv[1]
status = os.stat(path)
clients = []
try:
    while len(clients) < 100:
        client = socket.socket(socket.AF_UNIX)
        client.setblocking(False)
        client.connect(path)
        clients.append(client)
except BlockingIOError:
    pass
print(json.dumps({
    'mode': oct(stat.S_IMODE(status.st_mode)),
    'owner': [status.st_uid, status.st_gid],
    'waiting': len(clients),
}))
