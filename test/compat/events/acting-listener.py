"""An event listener that acts by RPC while it is busy with an event, as superlance's memmon and httpok do.

For each remote event it restarts the program that the data names, and appends what it was answered to the file it is given.
"""
import json
import os
import sys

from supervisor import childutils

rpc = childutils.getRPCInterface(os.environ)
while True:
    headers, payload = childutils.listener.wait(sys.stdin, sys.stdout)
    name = payload.partition('\n')[2]
    answers = [
        rpc.supervisor.getProcessInfo(name)['statename'],
        rpc.supervisor.stopProcess(name),
        rpc.supervisor.getProcessInfo(name)['statename'],
        rpc.supervisor.startProcess(name),
        rpc.supervisor.getProcessInfo(name)['statename'],
    ]
    with open(sys.argv[1], 'a', encoding='utf-8') as record:
        record.write(json.dumps(answers) + '\n')
    childutils.listener.ok(sys.stdout)
