"""An event listener that writes down every header and payload, a JSON line each, into the file it is given.

A second argument is a number of events to refuse before it accepts any.
"""
import json
import sys

from supervisor import childutils

refusals = int(sys.argv[2]) if len(sys.argv) > 2 else 0
with open(sys.argv[1], 'a', encoding='utf-8') as record:
    while True:
        headers, payload = childutils.listener.wait(sys.stdin, sys.stdout)
        json.dump({'headers': headers, 'payload': payload}, record)
        record.write('\n')
        record.flush()
        if refusals > 0:
            refusals -= 1
            childutils.listener.fail(sys.stdout)
        else:
            childutils.listener.ok(sys.stdout)
