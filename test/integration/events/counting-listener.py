"""A listener that writes down the data of each event, and is killed before it answers every so many of them.

Arguments: file to write to, pause per event in milliseconds, events between two deaths (0 = never).
"""
import os
import signal
import sys
import time

from supervisor import childutils

path, pause, lifetime = sys.argv[1], float(sys.argv[2]) / 1000, int(sys.argv[3])
seen = 0
with open(path, 'a', encoding='utf-8') as record:
    while True:
        headers, payload = childutils.listener.wait(sys.stdin, sys.stdout)
        seen += 1
        if seen == lifetime:
            os.kill(os.getpid(), signal.SIGKILL)
        record.write(payload.partition('\n')[2] + '\n')
        record.flush()
        if pause:
            time.sleep(pause)
        childutils.listener.ok(sys.stdout)
