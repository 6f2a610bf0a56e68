"""What the owner of a log directory can do to it: `intruder.py ATTACK LOG TARGET ROUNDS`. Ends after so many rounds.

Runs as an ordinary user. LOG is the path of a program's log, TARGET what that user must not get at.
"""

import os
import random
import sys
import time

attack, log, target, rounds = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
directory = os.path.dirname(log)
names = [log, log + ".1", log + ".2", log + ".3", log + ".compressing", log + ".1.gz"]


def quietly(action, *arguments):
    """Whoever else works in the directory may have been there first."""
    try:
        action(*arguments)
    except OSError:
        pass


def lay(name):
    """Puts something else in the place of a file."""
    quietly(os.unlink, name)
    if attack == "link":
        quietly(os.symlink, target, name)
    elif attack == "fifo":
        quietly(os.mkfifo, name)
    elif attack == "hard":
        # Links to files of others were laid by root: fs.protected_hardlinks forbids it to us.
        spare = [entry.path for entry in os.scandir(directory + "/../spare")]
        if spare:
            quietly(os.rename, spare[0], name)
    time.sleep(random.random() * 0.01)


def swap():
    """Another directory under the name of this one, and back."""
    aside = directory + ".aside"
    quietly(os.rename, directory, aside)
    quietly(os.symlink, target, directory)
    time.sleep(random.random() * 0.005)
    quietly(os.unlink, directory)
    quietly(os.rename, aside, directory)
    time.sleep(random.random() * 0.005)


def take_copy():
    """A link in the place of a copy that is being made."""
    copy = log + ".compressing"
    while not os.path.lexists(copy):
        time.sleep(0.0005)
    quietly(os.rename, copy, copy + ".taken")
    quietly(os.symlink, target, copy)


for _ in range(rounds):
    if attack == "swap":
        swap()
    elif attack == "copy":
        take_copy()
    else:
        lay(random.choice(names))
if attack not in ("swap", "copy"):
    for name in names:
        quietly(os.unlink, name)
