"""Makes a supervisor at the given unix socket go through everything that event listeners are told of.

Each step waits for its end, so that the order of the events is the same every time.
"""
import os
import sys
import time
from xmlrpc.client import ServerProxy

from supervisor.xmlrpc import SupervisorTransport

socket_path, recorded = sys.argv[1:]
server = ServerProxy('http://x', SupervisorTransport(None, None, 'unix://' + socket_path)).supervisor


def wait_until(what, condition):
    deadline = time.monotonic() + 30
    while not condition():
        if time.monotonic() > deadline:
            sys.exit('waited in vain for ' + what)
        time.sleep(0.02)


def wait_for_state(name, state):
    wait_until(f'{name} {state}', lambda: server.getProcessInfo(name)['statename'] == state)


def wait_for_record(text):
    def found():
        if not os.path.exists(recorded):
            return False
        with open(recorded, encoding='utf-8') as record:
            return text in record.read()
    wait_until(repr(text) + ' to be recorded', found)


for name in ['recorder', 'exits', 'refuser', 'team:team_0', 'team:team_1', 'speaker']:
    wait_for_state(name, 'RUNNING')

server.startProcess('talker')
server.sendProcessStdin('talker', 'a line of output\n')
wait_for_record('a line of output')
server.sendProcessStdin('talker', 'd\u00e4t\u00e4 \u20ac\U0001f600\n')
wait_for_record('channel:stdout\\nd')

server.startProcess('binary')
wait_for_record('Undecodable')
server.stopProcess('binary')
server.startProcess('capturer')
# The original looks at what comes after a token only when it is longer than a token.
after = 'what comes after it, and is longer than a token\n'
server.sendProcessStdin('capturer', f'before <!--XSUPERVISOR:BEGIN-->captured\nwords<!--XSUPERVISOR:END-->{after}')
wait_for_record('what comes after it')
server.startProcess('complainer')

server.sendProcessStdin('complainer', '<!--XSUPERVISOR:BEGIN-->worse<!--XSUPERVISOR:END-->' + '.' * 30)
wait_for_record('worse')
for name in ['talker', 'capturer', 'complainer']:
    server.stopProcess(name)

server.startProcess('exit3')
wait_for_state('exit3', 'EXITED')
server.startProcess('exit0')
wait_for_state('exit0', 'EXITED')
server.startProcess('exit0')
wait_for_state('exit0', 'EXITED')
server.startProcess('dies', False)
wait_for_state('dies', 'FATAL')
server.startProcess('caf\u00e9')
server.signalProcess('caf\u00e9', 'KILL')
wait_for_record('processname:caf\\u00e9 groupname:caf\\u00e9 from_state:EXITED')
wait_for_state('caf\u00e9', 'RUNNING')
server.stopProcess('caf\u00e9')
server.startProcessGroup('logless', False)
wait_for_state('logless', 'BACKOFF')
server.stopProcess('logless')

for kind, data in [('greeting', 'hello'), ('t\u00e9', 'd\u00e4t\u00e4 \u20ac\U0001f600'), ('', ''), ('a:b c', 'x: y\nz\n')]:
    server.sendRemoteCommEvent(kind, data)
wait_for_record('x: y')
server.sendRemoteCommEvent('speak', f'before <!--XSUPERVISOR:BEGIN-->from a listener<!--XSUPERVISOR:END-->{after}')
wait_for_record('processname:speaker groupname:speaker pid:')
wait_until('all of it', lambda: open(recorded, encoding='utf-8').read().count('what comes after it') == 3)

server.removeProcessGroup('exit3')
server.addProcessGroup('exit3')
wait_for_record('PROCESS_GROUP_REMOVED')
server.startProcessGroup('pair')
server.stopProcess('pair:two')
server.shutdown()
