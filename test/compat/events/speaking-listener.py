"""An event listener that writes the data of events of type `speak` to its stderr, in one piece."""
import os
import sys

from supervisor import childutils

while True:
    _, payload = childutils.listener.wait(sys.stdin, sys.stdout)
    kind, _, data = payload.partition('\n')
    if kind == 'type:speak':
        os.write(2, data.encode())
    childutils.listener.ok(sys.stdout)
