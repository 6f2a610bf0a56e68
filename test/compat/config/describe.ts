// Our configuration in the form that oracle.py gives to Supervisor's.
import type {
  Config,
  GroupConfig,
  ProcessConfig,
  ServerConfig,
  StreamConfig,
} from '../../../src/config/config.ts';

export function describeConfig(config: Config): unknown {
  const { supervisord } = config;
  return {
    supervisord: {
      minfds: supervisord.minfds,
      minprocs: supervisord.minprocs,
      directory: supervisord.directory,
      umask: supervisord.umask,
      logfile: supervisord.logfile.kind === 'file' ? supervisord.logfile.path : 'syslog',
      logfile_maxbytes: supervisord.logRotation.maxBytes,
      logfile_backups: supervisord.logRotation.backups,
      pidfile: supervisord.pidfile,
      identifier: supervisord.identifier,
      nodaemon: supervisord.nodaemon,
      silent: supervisord.silent,
      childlogdir: supervisord.childlogdir,
      nocleanup: supervisord.nocleanup,
      strip_ansi: supervisord.stripAnsi,
      uid: supervisord.user?.uid ?? null,
      loglevel: supervisord.loglevel,
      environment: supervisord.environment,
    },
    groups: config.groups.map(describeGroup),
    servers: config.servers.map(describeServer),
    rpcInterfaces: config.rpcInterfaces.map(({ name, options }) => [name, options]),
    warnings: config.warnings,
    infos: config.infos,
  };
}

function describeGroup(group: GroupConfig): unknown {
  const { name, priority, kind } = group;
  const common = { name, priority, kind, processes: group.processes.map(describeProcess) };
  switch (group.kind) {
    case 'programs':
      return common;
    case 'eventlistener':
      return { ...common, bufferSize: group.bufferSize, events: group.events.toSorted() };
    case 'fastcgi':
      return { ...common, url: group.socketUrl, backlog: group.backlog, ...describeSocket(group.socket) };
  }
}

function describeSocket(socket: Extract<GroupConfig, { kind: 'fastcgi' }>['socket']): object {
  if (socket.kind === 'tcp') return { mode: null, owner: null };
  const { uid, gid } = socket.owner;
  return { mode: socket.mode, owner: uid === -1 && gid === -1 ? null : [uid, gid] };
}

function describeProcess(process: ProcessConfig): unknown {
  const {
    user,
    stdout,
    stderr,
    serverurl,
    program: _known,
    extensions: _ours,
    killascgroup: _oursToo,
    ...rest
  } = process;
  const url = { auto: null, empty: '', url: serverurl.kind === 'url' ? serverurl.url : '' };
  return {
    ...rest,
    uid: user?.uid ?? null,
    serverurl: url[serverurl.kind],
    stdout: describeStream(stdout),
    stderr: describeStream(stderr),
  };
}

function describeStream({ logfile, rotation, lines: _ours, ...rest }: StreamConfig): unknown {
  const { maxBytes, backups } = rotation;
  return { ...rest, maxBytes, backups, logfile: describeLogfile(logfile) };
}

function describeLogfile(logfile: StreamConfig['logfile']): string | null {
  if (logfile.kind === 'file') return logfile.path;
  if (logfile.kind === 'none') return null;
  return logfile.kind === 'empty' ? '' : logfile.kind;
}

function describeServer(server: ServerConfig): unknown {
  const common = {
    section: server.section,
    username: server.credentials?.username ?? null,
    password: server.credentials?.password ?? null,
  };
  return server.kind === 'inet'
    ? { ...common, host: server.host, port: server.port }
    : { ...common, file: server.path, chmod: server.mode, chown: [server.owner.uid, server.owner.gid] };
}
