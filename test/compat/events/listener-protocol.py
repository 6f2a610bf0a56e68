"""Feeds cases to the original's listener dispatcher and prints what it made of them.

stdin: JSON list of {"busy": bool, "pieces": [latin-1 text]}; stdout: JSON list of {"state", "log", "rejections"}.
"""
import json
import sys
from types import SimpleNamespace

from supervisor import dispatchers, events
from supervisor.states import EventListenerStates, getEventListenerStateDescription

rejections = []
events.subscribe(events.EventRejectedEvent, rejections.append)


def outcome(case):
    log = []
    pieces = [piece.encode('latin-1') for piece in case['pieces'] if piece]
    logger = SimpleNamespace(debug=log.append, warn=log.append)
    options = SimpleNamespace(logger=logger, readfd=lambda fd: pieces.pop(0), strip_ansi=False)
    group = SimpleNamespace(config=SimpleNamespace(result_handler=dispatchers.default_handler))
    config = SimpleNamespace(name='listener', options=options, stdout_logfile=None)
    process = SimpleNamespace(config=config, group=group)
    dispatcher = dispatchers.PEventListenerDispatcher(process, 'stdout', 0)
    if case['busy']:
        process.listener_state = EventListenerStates.BUSY
        process.event = object()
    rejections.clear()
    while pieces:
        dispatcher.handle_read_event()
    return {
        'state': getEventListenerStateDescription(process.listener_state),
        'log': [line for line in log if ' output:\n' not in line],
        'rejections': len(rejections),
    }


json.dump([outcome(case) for case in json.load(sys.stdin)], sys.stdout)
