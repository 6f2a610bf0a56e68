"""A listener that costs next to nothing, so that the supervisor's own speed shows.

Each time its first argument, a file, exists, it removes it, takes as many events as its second argument says, as fast
as it gets them, and writes the seconds that took to a file with the name of the first and the ending .seconds. With a
third argument it does so by supervisor.childutils, as most listeners do.
"""
import os
import sys
import time


def lean(total):
    for number in range(total):
        event = os.read(0, 65536)
        header, _, payload = event.partition(b'\n')
        missing = int(header[header.rindex(b':') + 1:]) - len(payload)
        while missing > 0:
            missing -= len(os.read(0, missing))
        os.write(1, b'RESULT 2\nOKREADY\n')


def usual(total):
    from supervisor import childutils
    for number in range(total):
        childutils.listener.wait(sys.stdin, sys.stdout)
        childutils.listener.ok(sys.stdout)


go, total = sys.argv[1], int(sys.argv[2])
take = usual if len(sys.argv) > 3 else lean
if take is lean:
    os.write(1, b'READY\n')
while True:
    while not os.path.exists(go):
        time.sleep(0.01)
    os.unlink(go)
    started = time.monotonic()
    take(total)
    seconds = time.monotonic() - started
    with open(go + '.part', 'w') as report:
        report.write(str(seconds))
    os.rename(go + '.part', go + '.seconds')
