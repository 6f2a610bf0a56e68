// Does a daemon run for this configuration, one only, and does it answer?
import { both, type Finding, shellWord } from '../finding.ts';
import { configOf, type DaemonView, ownDaemon, ownUnit, type View } from '../machine-facts.ts';

export function checkDaemon(view: View): Finding[] {
  return [...notRunning(view), ...several(view), ...badAnswer(view)];
}

function notRunning(view: View): Finding[] {
  const { configuration } = view;
  if (configuration.kind === 'none' || ownDaemon(view) !== null) return [];
  // Somebody answers whom we cannot see: on another machine, or in a container.
  if (view.answer.kind === 'answered' || view.answer.kind === 'unauthorized') return [];
  const unit = ownUnit(view);
  // That is told, and more of it.
  if (unit?.activeState === 'failed') return [];
  const path = shellWord(configuration.path);
  const others = view.daemons.map(({ pid, configPath }) => `pid ${pid}: ${configPath ?? '?'}`).join(', ');
  const { pidfilePid } = view;
  return [
    {
      id: 'daemon-not-running',
      what: {
        en: `no daemon runs with ${configuration.path}`,
        zh: `没有使用 ${configuration.path} 的守护进程在运行`,
      },
      why: {
        en: [
          pidfilePid === null
            ? 'there is no pidfile'
            : `the pidfile names ${pidfilePid}, which is no supervisord`,
          others && `others run: ${others}`,
        ]
          .filter(Boolean)
          .join('; '),
        zh: [
          pidfilePid === null ? '没有 pid 文件' : `pid 文件中的 ${pidfilePid} 不是 supervisord`,
          others && `正在运行的其他守护进程：${others}`,
        ]
          .filter(Boolean)
          .join('；'),
      },
      remedy: both(unit ? `systemctl start ${unit.name}` : `tsupervisor supervisord -c ${path}`),
    },
  ];
}

/** Two that read the same file fight for its sockets, its logs and its programs. */
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
      en: `${url} takes connections but does not answer`,
      zh: `${url} 接受连接但没有应答`,
    },
    why: {
      en: 'the daemon is stopped (SIGSTOP), or waits for a disk or file system that hangs',
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
      en: `${url} wants a user name and a password`,
      zh: `${url} 需要用户名和密码`,
    },
    why: {
      en: 'those that clients use, in [supervisorctl], are missing or not those of the server',
      zh: '[supervisorctl] 中客户端使用的用户名和密码缺失，或与服务器的不一致',
    },
    remedy: both(credentialLines(view)),
  };
}

function strange(url: string): Finding {
  return {
    id: 'server-strange',
    what: {
      en: `what listens at ${url} is no supervisord`,
      zh: `${url} 上监听的不是 supervisord`,
    },
    why: {
      en: 'its answer makes no sense, or [rpcinterface:supervisor] is missing in the configuration',
      zh: '应答无法理解，或配置中缺少 [rpcinterface:supervisor]',
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
  // What is wrong with one of them is told with the servers.
  if (pid === undefined || servers.some((server) => server.url === url)) return [];
  const open = servers.filter(({ holder }) => holder === pid).map((server) => server.url);
  const [first] = open;
  if (first === undefined) return [];
  return [
    {
      id: 'server-elsewhere',
      what: {
        en: `the daemon runs (pid ${pid}), but clients look for it at ${url}`,
        zh: `守护进程在运行（pid ${pid}），但客户端在 ${url} 找它`,
      },
      why: { en: `it listens at ${open.join(', ')}`, zh: `它监听的是 ${open.join('、')}` },
      remedy: both(`[supervisorctl]\nserverurl = ${first}`),
    },
  ];
}

/** Never the password itself: what the doctor prints is shown to others. */
function credentialLines(view: View): string {
  const server = configOf(view)?.servers.find(({ credentials }) => credentials !== null);
  return `[supervisorctl]\nusername = ${server?.credentials?.username ?? 'NAME'}\npassword = PASSWORD`;
}
