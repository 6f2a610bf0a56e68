"""speaker.py GO WORD...: writes the next word as a line whenever the file GO has grown by a byte, then stays."""
import os
import sys
import time

go, words = sys.argv[1], sys.argv[2:]
for count, word in enumerate(words, 1):
    while not os.path.exists(go) or os.path.getsize(go) < count:
        time.sleep(0.005)
    os.write(1, word.encode().decode("unicode_escape").encode("latin-1") + b"\n")
while True:
    time.sleep(1000)
