"""A listener that costs next to nothing, so that the supervisor's own speed shows.

Waits for its first argument, a file, to exist; then takes as many events as its second argument says, as fast as it
gets them, and writes the seconds that took to a file with the name of the first and the ending .seconds.
"""
import os
import sys
import time

go, total = sys.argv[1], int(sys.argv[2])
while not os.path.exists(go):
    time.sleep(0.01)
started = time.monotonic()
os.write(1, b'READY\n')
for number in range(total):
    event = os.read(0, 65536)
    header, _, payload = event.partition(b'\n')
    missing = int(header[header.rindex(b':') + 1:]) - len(payload)
    while missing > 0:
        missing -= len(os.read(0, missing))
    os.write(1, b'RESULT 2\nOKREADY\n')
with open(go + '.seconds', 'w') as report:
    report.write(str(time.monotonic() - started))
while True:
    time.sleep(1000)
