"""Writes CONTENT to stdout in pieces of all sizes, and tells in a file of its own how much the pipe has taken.

writer.py CONTENT STATE PAUSE: every start begins anew with STATE.0, STATE.1 and so on. At PAUSE bytes it waits for
the file STATE.go; 0 never waits. A negative PAUSE writes whole lines only. When all is written it stays.
"""
import os
import random
import signal
import sys
import time

content = open(sys.argv[1], "rb").read()
state, pause = sys.argv[2], int(sys.argv[3])
start = next(n for n in range(1000) if not os.path.exists(f"{state}.{n}"))
counter = os.open(f"{state}.{start}", os.O_WRONLY | os.O_CREAT, 0o644)
os.pwrite(counter, b"%12d" % 0, 0)


def piece_after(position):
    end = position + random.choice((1, 7, 100, 1000, 5000, 50000))
    if pause < 0:
        newline = content.find(b"\n", position + random.choice((1, 500)))
        return newline + 1 if newline >= 0 else len(content)
    if position < pause:
        end = min(end, pause)
    return min(end, len(content))


position = 0
while position < len(content):
    if pause > 0 and position == pause:
        while not os.path.exists(f"{state}.go"):
            time.sleep(0.01)
    position += os.write(1, content[position : piece_after(position)])
    os.pwrite(counter, b"%12d" % position, 0)
    if random.random() < 0.2:
        time.sleep(0.002)
while True:
    signal.pause()
