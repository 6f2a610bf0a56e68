"""A program that writes what it does into the file `trace` of its directory.

traced-program.py [gated | task]; NAME is that of the process.
It shows that it is ready by a newline on descriptor 3; gated: when the file NAME.go exists.
task: it ends when the file NAME.go exists, with the exit code in it.
It takes a moment to stop.
"""
import os, signal, sys, time

name, kind = os.environ['SUPERVISOR_PROCESS_NAME'], sys.argv[1:]


def trace(what):
    trace_file = os.open('trace', os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    os.write(trace_file, f'{what} {name}\n'.encode())
    os.close(trace_file)


def stop(*_):
    trace('stopping')
    time.sleep(0.05)
    trace('stopped')
    os._exit(0)


def go():
    while not os.path.exists(f'{name}.go'):
        time.sleep(0.01)
    with open(f'{name}.go') as file:
        return file.read()


signal.signal(signal.SIGTERM, stop)
trace('spawned')
if kind == ['gated']:
    go()
if kind == ['task']:
    sys.exit(int(go()))
os.write(3, b'\n')
while True:
    signal.pause()
