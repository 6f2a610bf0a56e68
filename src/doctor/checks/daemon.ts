// The daemon of this configuration: is there exactly one, does it respond, is it the installed version?
import { both, type Finding } from '../finding.ts';
import { clientCommand, configOf, type DaemonView, ownDaemon, type View } from '../machine-facts.ts';
import { startCommand } from './start.ts';

export function checkDaemon(view: View): Finding[] {
  return [...several(view), ...badAnswer(view), ...outdated(view)];
}

/** An upgrade replaces the executable, but the running daemon keeps the old one. */
function outdated(view: View): Finding[] {
  const daemon = ownDaemon(view);
  if (daemon === null || !daemon.isReplaced) return [];
  const { pid } = daemon;
  const unit = view.units?.find(({ mainPid }) => mainPid === pid);
  const restart = unit
    ? `systemctl restart ${unit.name}`
    : `${clientCommand(view, 'shutdown')}\n${startCommand(view)}`;
  return [
    {
      id: 'daemon-outdated',
      what: {
        en: `the daemon (pid ${pid}) still runs the version from before an upgrade`,
        zh: `守护进程（pid ${pid}）仍在运行升级之前的版本`,
      },
      why: {
        en: 'its executable has been replaced on disk since it started',
        zh: '它启动之后，磁盘上的可执行文件已被替换',
      },
      remedy: {
        en: `${restart}   # also restarts its programs`,
        zh: `${restart}   # 其程序也会重启`,
      },
    },
  ];
}

/** Two daemons with the same file compete for its sockets, logs and programs. */
function several(view: View): Finding[] {
  const { configuration } = view;
  if (configuration.kind === 'none') return [];
  const same = view.daemons.filter(({ configPath }) => configPath === configuration.path);
  if (same.length < 2) return [];
  const own = ownDaemon(view);
  const superfluous = same.filter(({ pid }) => pid !== own?.pid);
  const listed = same.map(describe).join('; ');
  return [
    {
      id: 'two-daemons',
      what: {
        en: `${same.length} daemons run with ${configuration.path}: each starts all programs`,
        zh: `有 ${same.length} 个守护进程使用 ${configuration.path}：每个都会启动全部程序`,
      },
      why: {
        en: `${listed}; clients reach ${own ? `pid ${own.pid}` : 'none'}`,
        zh: `${listed}；客户端连接的是 ${own ? `pid ${own.pid}` : '无'}`,
      },
      remedy: both(`kill ${superfluous.map(({ pid }) => pid).join(' ')}`),
    },
  ];
}

function describe({ pid, commandLine }: DaemonView): string {
  return `pid ${pid}: ${commandLine}`;
}

function badAnswer(view: View): Finding[] {
  const { answer } = view;
  switch (answer.kind) {
    case 'silent':
      return [silent(answer.url, ownDaemon(view)?.pid ?? null)];
    case 'unauthorized':
      return [wantsPassword(answer.url, view)];
    case 'strange':
      return [strange(answer.url)];
    case 'unreachable':
      return elsewhere(answer.url, view);
    case 'answered':
      return [];
  }
}

function silent(url: string, pid: number | null): Finding {
  return {
    id: 'daemon-silent',
    what: {
      en: `${url} accepts connections but does not respond`,
      zh: `${url} 能连接但无响应`,
    },
    why: {
      en: 'the daemon is stopped (SIGSTOP), or waits for a stalled disk or file system',
      zh: '守护进程被挂起（SIGSTOP），或在等待无响应的磁盘或文件系统',
    },
    remedy: both(
      pid === null
        ? 'ps -eo pid,stat,wchan:20,args | grep supervisord'
        : `ps -o pid,stat,wchan:20,args -p ${pid}\nkill -CONT ${pid}`,
    ),
  };
}

function wantsPassword(url: string, view: View): Finding {
  return {
    id: 'server-wants-password',
    what: {
      en: `${url} requires a user name and password`,
      zh: `${url} 需要用户名和密码`,
    },
    why: {
      en: "those in [supervisorctl], which clients use, are missing or differ from the server's",
      zh: '[supervisorctl] 中客户端使用的用户名和密码缺失，或与服务器的不一致',
    },
    remedy: both(credentialLines(view)),
  };
}

function strange(url: string): Finding {
  return {
    id: 'server-strange',
    what: {
      en: `the program listening on ${url} is not a supervisord`,
      zh: `${url} 上监听的不是 supervisord`,
    },
    why: {
      en: 'its response is invalid, or [rpcinterface:supervisor] is missing in the configuration',
      zh: '响应无效，或配置中缺少 [rpcinterface:supervisor]',
    },
    remedy: both(
      '[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface',
    ),
  };
}

/** The daemon can be reached, but not where clients look for it. */
function elsewhere(url: string, view: View): Finding[] {
  const pid = ownDaemon(view)?.pid;
  const servers = [
    ...view.unixServers.map(({ path, listenerPid }) => ({ url: `unix://${path}`, holder: listenerPid })),
    ...view.inetServers.map(({ host, port, holder }) => ({
      url: `http://${host || 'localhost'}:${port}`,
      holder: holder?.pid ?? null,
    })),
  ];
  // Faults of the servers are reported by the server checks.
  if (pid === undefined || servers.some((server) => server.url === url)) return [];
  const open = servers.filter(({ holder }) => holder === pid).map((server) => server.url);
  const [first] = open;
  if (first === undefined) return [];
  return [
    {
      id: 'server-elsewhere',
      what: {
        en: `the daemon is running (pid ${pid}), but clients connect to ${url}`,
        zh: `守护进程在运行（pid ${pid}），但客户端连接的地址是 ${url}`,
      },
      why: { en: `it listens on ${open.join(', ')}`, zh: `它监听的是 ${open.join('、')}` },
      remedy: both(`[supervisorctl]\nserverurl = ${first}`),
    },
  ];
}

/** Never the password: the doctor's output is shown to others. */
function credentialLines(view: View): string {
  const server = configOf(view)?.servers.find(({ credentials }) => credentials !== null);
  return `[supervisorctl]\nusername = ${server?.credentials?.username ?? 'NAME'}\npassword = PASSWORD`;
}
