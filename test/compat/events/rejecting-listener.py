"""A listener that writes down the data of each event, and rejects each so often as its data says.

Arguments: file to write to. The data of an event is a name and how often it is to be rejected: "a 2".
"""
import sys

from supervisor import childutils

rejections = {}
with open(sys.argv[1], 'a', encoding='utf-8') as record:
    while True:
        headers, payload = childutils.listener.wait(sys.stdin, sys.stdout)
        data = payload.partition('\n')[2]
        record.write(f"{headers['serial']} {headers['poolserial']} {data}\n")
        record.flush()
        rejections[data] = rejections.get(data, 0) + 1
        if rejections[data] <= int(data.split()[1]):
            childutils.listener.fail(sys.stdout)
        else:
            childutils.listener.ok(sys.stdout)
