// Can clients reach the sockets of the configuration, and do they belong to the daemon?
import { both, type Finding, shellWord } from '../finding.ts';
import {
  clientCommand,
  type InetServerView,
  ownDaemon,
  type UnixServerView,
  type View,
} from '../machine-facts.ts';

export function checkServers(view: View): Finding[] {
  return [
    ...view.unixServers.flatMap((server) => checkUnix(server, view)),
    ...view.inetServers.flatMap((server) => checkInet(server, view)),
    ...noServer(view),
  ];
}

function checkUnix(server: UnixServerView, view: View): Finding[] {
  const { path, failure, mode } = server;
  const daemon = ownDaemon(view);
  const file = shellWord(path);
  if (failure === null) return strangerAt(server, view);
  // Reported with the other directories.
  if (!server.directoryExists) return [];
  const unusable = unusablePath(server);
  if (unusable.length > 0) return unusable;
  if (failure === 'ENOENT') return daemon === null ? [] : [removed(path, daemon.pid)];
  if (failure === 'EACCES' || failure === 'EPERM')
    return [
      {
        id: 'socket-denied',
        what: { en: `no permission to use the socket ${path}`, zh: `没有权限使用套接字 ${path}` },
        why: { en: `it has ${mode}, and you are not its owner`, zh: `权限为 ${mode}，当前用户不是所有者` },
        remedy: {
          en: `sudo ${clientCommand(view, 'status')}\n# or for a group, in [${server.section}]:\nchmod = 0770\nchown = root:GROUP`,
          zh: `sudo ${clientCommand(view, 'status')}\n# 或者在 [${server.section}] 中授权给一个组：\nchmod = 0770\nchown = root:GROUP`,
        },
      },
    ];
  if (failure === 'ECONNREFUSED') return daemon === null ? [] : [stale(path, daemon.pid)];
  return [
    {
      id: 'socket-unusable',
      what: { en: `the socket ${path} cannot be used`, zh: `套接字 ${path} 无法使用` },
      why: both(failure),
      remedy: both(`ls -ld ${file}`),
    },
  ];
}

/** No daemon could listen there. */
export function unusablePath({ section, path, failure, mode, isSocket }: UnixServerView): Finding[] {
  const file = shellWord(path);
  if (failure === 'ENAMETOOLONG')
    return [
      {
        id: 'socket-unusable',
        what: {
          en: `the path of the socket of [${section}] is too long`,
          zh: `[${section}] 的套接字路径太长`,
        },
        why: {
          en: `${path} has ${Buffer.byteLength(path)} bytes, the limit is 107 (unix(7))`,
          zh: `${path} 长 ${Buffer.byteLength(path)} 字节，内核最多接受 107 字节（unix(7)）`,
        },
        remedy: both(`[${section}]\nfile = /run/supervisor.sock`),
      },
    ];
  if (failure === null || failure === 'EACCES' || isSocket || mode === '') return [];
  return [
    {
      id: 'socket-not-a-socket',
      what: { en: `${path} exists but is not a socket`, zh: `${path} 已存在，但不是套接字` },
      why: both(mode),
      remedy: {
        en: `ls -ld ${file}\n# remove it if nothing needs it, or change file= in [${section}]`,
        zh: `ls -ld ${file}\n# 若已无用请删除，或在 [${section}] 中换一个 file=`,
      },
    },
  ];
}

/** Only a full restart in place makes a daemon reopen its sockets. */
function removed(path: string, pid: number): Finding {
  return {
    id: 'socket-missing',
    what: {
      en: `the daemon is running (pid ${pid}), but its socket ${path} is gone`,
      zh: `守护进程在运行（pid ${pid}），但它的套接字 ${path} 不见了`,
    },
    why: {
      en: 'the file was removed (by a /tmp cleaner?), or the daemon has its own /tmp (PrivateTmp)',
      zh: '文件被删除（/tmp 清理程序？），或守护进程有自己的 /tmp（PrivateTmp）',
    },
    remedy: {
      en: `kill -HUP ${pid}   # restarts the daemon in place, with all programs`,
      zh: `kill -HUP ${pid}   # 原地重启守护进程及其程序`,
    },
  };
}

function strangerAt({ path, listenerPid }: UnixServerView, view: View): Finding[] {
  if (listenerPid === null || listenerPid <= 0) return [];
  if (view.answer.kind === 'answered') return [];
  if (view.daemons.some(({ pid }) => pid === listenerPid)) return [];
  return [
    {
      id: 'socket-taken',
      what: { en: `another program listens on ${path}`, zh: `另一个程序在监听 ${path}` },
      why: both(`pid ${listenerPid}`),
      remedy: {
        en: `ps -fp ${listenerPid}\n# stop it, or change file=`,
        zh: `ps -fp ${listenerPid}\n# 结束它，或换一个 file=`,
      },
    },
  ];
}

/** Without a daemon, another check reports why there is none. */
function stale(path: string, pid: number): Finding {
  return {
    id: 'socket-stale',
    what: {
      en: `the daemon is running (pid ${pid}), but does not listen on the socket ${path}`,
      zh: `守护进程在运行（pid ${pid}），但没有监听套接字 ${path}`,
    },
    why: {
      en: 'an earlier daemon was killed or crashed and left the file',
      zh: '先前的守护进程被杀死或崩溃后留下了该文件',
    },
    remedy: {
      en: `kill -HUP ${pid}   # restarts the daemon in place, with all programs`,
      zh: `kill -HUP ${pid}   # 原地重启守护进程及其程序`,
    },
  };
}

function checkInet(server: InetServerView, view: View): Finding[] {
  const { section, host, port, holder } = server;
  const daemon = ownDaemon(view);
  const address = `${host || '*'}:${port}`;
  if (holder === null) {
    const unknown = unknownAddress(server);
    if (daemon === null || unknown.length > 0) return unknown;
    return [
      {
        id: 'port-not-open',
        what: {
          en: `the daemon is running (pid ${daemon.pid}), but nothing listens on ${address}`,
          zh: `守护进程在运行（pid ${daemon.pid}），但 ${address} 无人监听`,
        },
        why: {
          en: `[${section}] was added after the daemon had started; servers are opened only at start`,
          zh: `[${section}] 是在守护进程启动之后添加的：服务器只在启动时打开`,
        },
        remedy: {
          en: `kill -HUP ${daemon.pid}   # restarts the daemon, with all programs`,
          zh: `kill -HUP ${daemon.pid}   # 重启守护进程及其程序`,
        },
      },
    ];
  }
  const isDaemons =
    holder.pid === null ? daemon !== null && holder.uid === daemon.uid : holder.pid === daemon?.pid;
  // If no daemon is visible, a response proves that there is one.
  if (isDaemons || (daemon === null && view.answer.kind === 'answered')) return [];
  const who = holder.pid === null ? `uid ${holder.uid}` : `pid ${holder.pid}: ${holder.commandLine}`;
  return [
    {
      id: 'port-taken',
      what: {
        en: `the port of [${section}], ${address}, is taken`,
        zh: `[${section}] 的端口 ${address} 已被占用`,
      },
      why: both(who),
      remedy: {
        en: `${holder.pid === null ? `sudo tsupervisor doctor   # shows which program it is` : `ps -fp ${holder.pid}`}\n# stop it, or change port= in [${section}]`,
        zh: `${holder.pid === null ? `sudo tsupervisor doctor   # 可查明是谁` : `ps -fp ${holder.pid}`}\n# 结束它，或在 [${section}] 中换一个 port=`,
      },
    },
  ];
}

/** No daemon could listen there. */
export function unknownAddress({ section, host, port, isHere }: InetServerView): Finding[] {
  if (isHere) return [];
  return [
    {
      id: 'address-unknown',
      what: {
        en: `[${section}] is to listen on ${host}, which is not an address of this machine`,
        zh: `[${section}] 要在 ${host} 上监听，但它不是本机的地址`,
      },
      why: {
        en: 'the address was changed, is not up yet, or the name cannot be resolved here',
        zh: '本机换了地址，地址尚未就绪，或本机无法解析该名称',
      },
      remedy: both(`ip -br address\ngetent hosts ${shellWord(host)}\n[${section}]\nport = 127.0.0.1:${port}`),
    },
  ];
}

/** supervisorctl has nothing to connect to. */
function noServer({ configuration, unixServers, inetServers }: View): Finding[] {
  if (configuration.kind === 'none' || !configuration.config || configuration.mistakes.length > 0) return [];
  if (unixServers.length + inetServers.length > 0) return [];
  return [
    {
      id: 'no-server',
      what: {
        en: 'supervisorctl cannot reach this daemon: it has no server',
        zh: 'supervisorctl 无法连接：没有配置服务器',
      },
      why: {
        en: `${configuration.path} has neither [unix_http_server] nor [inet_http_server]`,
        zh: `${configuration.path} 中既没有 [unix_http_server] 也没有 [inet_http_server]`,
      },
      remedy: both('[unix_http_server]\nfile = /run/supervisor.sock\nchmod = 0700'),
    },
  ];
}
