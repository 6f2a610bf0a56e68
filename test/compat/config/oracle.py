"""Lets the installed Supervisor read configurations, and tells what it made of them.

usage: oracle.py REQUESTS ANSWERS. Both are JSON lists. A request is {"args": [...]} for one configuration, or
{"args": [...], "next": [...]} to compare the groups of two. An answer is {"error": TEXT} (what went to stderr
before exit status 2), {"config": {...}} or {"difference": [added, changed, removed]}.
"""
import io
import json
import sys

from supervisor import datatypes, loggers
from supervisor.options import (EventListenerPoolConfig, FastCGIGroupConfig, ServerOptions)
from supervisor.supervisord import Supervisor


LEVELS = {number: name for number, name in ((getattr(loggers.LevelsByName, short), name) for short, name in (
    ('CRIT', 'critical'), ('ERRO', 'error'), ('WARN', 'warn'), ('INFO', 'info'), ('DEBG', 'debug'), ('TRAC', 'trace'),
    ('BLAT', 'blather')))}


class Exit(Exception):
    pass


def realize(args):
    options = ServerOptions()
    options.stderr = io.StringIO()

    def leave(status):
        raise Exit(status)

    options.exit = leave
    try:
        options.realize(args, doc='')
    except Exit as end:
        return None, '%s%s' % (options.stderr.getvalue(), end.args[0])
    return options, None


def log_file(value):
    return 'auto' if value is datatypes.Automatic else value


def restart(value):
    names = {datatypes.RestartUnconditionally: 'always', datatypes.RestartWhenExitUnexpected: 'unexpected'}
    return names.get(value, 'never')


def stream(process, channel):
    def field(name):
        return getattr(process, '%s_%s' % (channel, name))
    return {
        'logfile': log_file(field('logfile')),
        'maxBytes': field('logfile_maxbytes'),
        'backups': field('logfile_backups'),
        'captureMaxBytes': field('capture_maxbytes'),
        'eventsEnabled': field('events_enabled'),
        'syslog': field('syslog'),
    }


def process(config):
    same = ('name', 'command', 'directory', 'umask', 'priority', 'autostart', 'startsecs', 'startretries',
            'stopwaitsecs', 'stopasgroup', 'killasgroup', 'exitcodes', 'environment', 'serverurl')
    result = {name: getattr(config, name) for name in same}
    result.update(uid=config.uid, autorestart=restart(config.autorestart), stopsignal=int(config.stopsignal),
                  redirectStderr=config.redirect_stderr, stdout=stream(config, 'stdout'),
                  stderr=stream(config, 'stderr'))
    return result


def group(config):
    # What is activated: of equal names in a group only one.
    processes = {p.name: process(p) for p in config.process_configs}
    result = {'name': config.name, 'priority': config.priority, 'processes': list(processes.values())}
    if isinstance(config, EventListenerPoolConfig):
        result.update(kind='eventlistener', bufferSize=config.buffer_size,
                      events=sorted(event_name(event) for event in config.pool_events))
    elif isinstance(config, FastCGIGroupConfig):
        socket = config.socket_config
        result.update(kind='fastcgi', url=socket.url, backlog=socket.backlog,
                      mode=getattr(socket, 'mode', None), owner=getattr(socket, 'owner', None))
    else:
        result.update(kind='programs')
    return result


def event_name(event):
    from supervisor.events import getEventNameByType
    return getEventNameByType(event)


def server(config):
    names = ('section', 'username', 'password', 'host', 'port', 'file', 'chmod', 'chown')
    result = {name: config[name] for name in names if name in config}
    # Without a user name nobody is asked for a password.
    return result if config['username'] else dict(result, username=None, password=None)


def describe(options):
    names = ('minfds', 'minprocs', 'directory', 'umask', 'logfile', 'logfile_maxbytes', 'logfile_backups', 'pidfile',
             'identifier', 'childlogdir', 'uid')
    # A flag of the command line is a 1 there.
    flags = ('nodaemon', 'silent', 'nocleanup', 'strip_ansi')
    groups = {}
    for config in options.process_group_configs:
        groups.setdefault(config.name, group(config))
    daemon = {name: getattr(options, name) for name in names}
    daemon.update({name: bool(getattr(options, name)) for name in flags})
    daemon.update(loglevel=LEVELS[options.loglevel], environment=options.configroot.supervisord.environment)
    return {
        'supervisord': daemon,
        'groups': list(groups.values()),
        'servers': [server(config) for config in options.server_configs],
        'rpcInterfaces': [[name, arguments] for name, _factory, arguments in options.rpcinterface_factories],
        'warnings': options.parse_warnings,
        'infos': options.parse_infos,
    }


class Active:
    def __init__(self, config):
        self.config = config


def difference(args, next_args):
    options, error = realize(args)
    if error is None:
        after, error = realize(next_args)
    if error is not None:
        return {'error': error}
    supervisor = Supervisor(options)
    for config in options.process_group_configs:
        for each in config.process_configs:
            # As it is done when a group is activated, without leaving files behind.
            each.stdout_logfile = '/auto' if each.stdout_logfile is datatypes.Automatic else each.stdout_logfile
            each.stderr_logfile = '/auto' if each.stderr_logfile is datatypes.Automatic else each.stderr_logfile
        supervisor.process_groups.setdefault(config.name, Active(config))
    # Of groups with one name only the first can be activated.
    first = {}
    for config in after.process_group_configs:
        first.setdefault(config.name, config)
    options.process_group_configs = list(first.values())
    added, changed, removed = supervisor.diff_to_active()
    return {'difference': [[config.name for config in part] for part in (added, changed, removed)]}


def answer(request):
    if 'next' in request:
        return difference(request['args'], request['next'])
    options, error = realize(request['args'])
    return {'error': error} if options is None else {'config': describe(options)}


def main(requests, answers):
    sys.argv[0] = 'PROG'  # For messages.
    with open(requests) as source:
        results = []
        for request in json.load(source):
            try:
                results.append(answer(request))
            except Exception as crash:
                results.append({'crash': repr(crash)})
    with open(answers, 'w') as target:
        json.dump(results, target)


main(*sys.argv[1:])
