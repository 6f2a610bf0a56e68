// Methods on the configuration: read it again, activate and remove groups, list it.
import type { Channel } from '../../config/channel.ts';
import type { ChildLogFile, GroupConfig, ProcessConfig, StreamConfig } from '../../config/config.ts';
import { reload } from '../../operations/end.ts';
import { addGroup, removeGroup, reread } from '../../operations/update.ts';
import type { Supervisor } from '../../supervisor/supervisor.ts';
import { fittingInt } from '../../xmlrpc/int32.ts';
import type { RpcStruct } from '../../xmlrpc/value.ts';
import { type Method, method, noParams, oneParam, query } from '../method.ts';
import { groupName } from '../params.ts';

export const configurationMethods: Readonly<Record<string, Method>> = {
  reloadConfig: method(
    'Reads the configuration files again. Nothing is started or stopped by it.',
    { type: 'array', text: 'One item: the arrays of the names of added, changed and removed groups' },
    noParams(({ supervisor }) => {
      const { added, changed, removed } = reread(supervisor);
      return [[added, changed, removed]];
    }),
  ),

  restart: method(
    'Stops all processes, reads the configuration again and starts anew, as the same process.',
    { type: 'boolean', text: 'Always true; it begins after the answer' },
    noParams(({ supervisor }) => {
      reload(supervisor);
      return true;
    }),
  ),

  addProcessGroup: method(
    'Activates a group of the configuration as it was last read, and starts what is to start by itself.',
    { type: 'boolean', text: 'Always true' },
    oneParam(groupName, ({ supervisor }, name) => {
      addGroup(supervisor, name);
      return true;
    }),
  ),

  removeProcessGroup: method(
    'Removes a group whose processes are all stopped.',
    { type: 'boolean', text: 'Always true' },
    oneParam(groupName, ({ supervisor }, name) => {
      removeGroup(supervisor, name);
      return true;
    }),
  ),

  getAllConfigInfo: query(
    'Tells the configuration of every process, as it was last read.',
    { type: 'array', text: 'A struct for each process, by process name' },
    noParams(({ supervisor }) =>
      supervisor.config.groups
        .flatMap((group) => group.processes.map((process) => ({ group, process })))
        .toSorted((a, b) => Buffer.compare(Buffer.from(a.process.name), Buffer.from(b.process.name)))
        .map(({ group, process }) => configStruct(supervisor, group, process)),
    ),
  ),
};

function configStruct(supervisor: Supervisor, group: GroupConfig, process: ProcessConfig): RpcStruct {
  return {
    autostart: process.autostart,
    autorestart: autoRestart(process),
    directory: process.directory ?? 'none',
    uid: process.user?.uid ?? 'none',
    command: process.command,
    exitcodes: process.exitcodes,
    group: group.name,
    group_prio: fittingInt(group.priority),
    inuse: supervisor.groups.has(group.name),
    killasgroup: process.killasgroup,
    name: process.name,
    process_prio: fittingInt(process.priority),
    redirect_stderr: process.redirectStderr,
    startretries: fittingInt(process.startretries),
    startsecs: fittingInt(process.startsecs),
    ...streamMembers('stdout', process.stdout, autoLog(supervisor, group, process, 'stdout')),
    stopsignal: process.stopsignal,
    stopwaitsecs: fittingInt(process.stopwaitsecs),
    ...streamMembers('stderr', process.stderr, autoLog(supervisor, group, process, 'stderr')),
    serverurl: serverUrl(process),
  };
}

/** The value in the Supervisor version after 4.2.5. */
function autoRestart({ autorestart }: ProcessConfig): boolean | 'unexpected' {
  return autorestart === 'unexpected' ? autorestart : autorestart === 'always';
}

function serverUrl({ serverurl }: ProcessConfig): string {
  switch (serverurl.kind) {
    case 'auto':
      return 'none';
    case 'empty':
      return '';
    case 'url':
      return serverurl.url;
  }
}

function streamMembers(channel: string, stream: StreamConfig, autoLogPath: string): RpcStruct {
  const { logfile, rotation } = stream;
  return {
    [`${channel}_capture_maxbytes`]: fittingInt(stream.captureMaxBytes),
    [`${channel}_events_enabled`]: stream.eventsEnabled,
    [`${channel}_logfile`]: logfileText(logfile, autoLogPath),
    [`${channel}_logfile_backups`]: fittingInt(rotation.backups),
    [`${channel}_logfile_maxbytes`]: fittingInt(rotation.maxBytes),
    [`${channel}_syslog`]: stream.syslog,
  };
}

/** A path, or the word for it. */
function logfileText(logfile: ChildLogFile, autoLogPath: string): string {
  switch (logfile.kind) {
    case 'file':
      return logfile.path;
    case 'auto':
      return autoLogPath;
    case 'empty':
      return '';
    default:
      return logfile.kind;
  }
}

/** An AUTO log has a path only while its group is active with this very configuration. */
function autoLog(
  supervisor: Supervisor,
  group: GroupConfig,
  process: ProcessConfig,
  channel: Channel,
): string {
  const active = supervisor.groups.get(group.name);
  const path = active?.config === group ? active.process(process.name)?.logPaths[channel] : null;
  return path ?? 'auto';
}
