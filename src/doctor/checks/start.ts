// Is the daemon running? The advice to start it comes after everything that would prevent it.
import { both, type Finding, shellWord } from '../finding.ts';
import { ownDaemon, ownUnit, type View } from '../machine-facts.ts';

export function checkStart(view: View): Finding[] {
  const { configuration, pidfilePid } = view;
  if (configuration.kind === 'none' || ownDaemon(view) !== null) return [];
  // A daemon that responds but is not visible: on another machine or in a container.
  if (view.answer.kind === 'answered' || view.answer.kind === 'unauthorized') return [];
  // The unit checks report that in more detail.
  if (ownUnit(view)?.activeState === 'failed') return [];
  const others = view.daemons.map(({ pid, configPath }) => `pid ${pid}: ${configPath ?? '?'}`).join(', ');
  const left = view.unixServers.filter(({ failure }) => failure === 'ECONNREFUSED').map(({ path }) => path);
  return [
    {
      id: 'daemon-not-running',
      what: {
        en: `no daemon is running with ${configuration.path}`,
        zh: `没有使用 ${configuration.path} 的守护进程在运行`,
      },
      why: {
        en: [
          pidfilePid === null
            ? 'there is no pidfile'
            : `the pidfile names ${pidfilePid}, which is not a supervisord`,
          left.length > 0 && `an earlier one was killed or crashed and left ${left.join(', ')}`,
          others && `others run: ${others}`,
        ]
          .filter(Boolean)
          .join('; '),
        zh: [
          pidfilePid === null ? '没有 pid 文件' : `pid 文件中的 ${pidfilePid} 不是 supervisord`,
          left.length > 0 && `先前的守护进程被杀死或崩溃，留下了 ${left.join('、')}`,
          others && `正在运行的其他守护进程：${others}`,
        ]
          .filter(Boolean)
          .join('；'),
      },
      remedy: both(startCommand(view)),
    },
  ];
}

/** The command that starts the daemon of this configuration. */
export function startCommand(view: View): string {
  const unit = ownUnit(view);
  if (unit !== null) return `systemctl start ${unit.name}`;
  const { configuration } = view;
  const path = configuration.kind === 'found' ? configuration.path : '/etc/supervisord.conf';
  return `tsupervisor supervisord -c ${shellWord(path)}`;
}
