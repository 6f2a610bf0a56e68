// Does systemd manage the daemon as intended?
import { both, type Finding } from '../finding.ts';
import {
  clientCommand,
  configOf,
  hasCustomaryConfiguration,
  ownDaemon,
  ownUnit,
  type UnitView,
  type View,
} from '../machine-facts.ts';

export function checkUnits(view: View): Finding[] {
  const units = (view.units ?? []).filter(({ loadState }) => loadState !== 'not-found');
  return [...units.flatMap((unit) => checkUnit(unit, view)), ...byHand(view), ...rivals(units, view)];
}

function checkUnit(unit: UnitView, view: View): Finding[] {
  const { name } = unit;
  if (unit.loadState === 'masked')
    return [
      {
        id: 'unit-masked',
        what: {
          en: `${name} is masked: systemd will not start it`,
          zh: `${name} 已被屏蔽（masked），systemd 不会启动它`,
        },
        why: both(`systemctl is-enabled ${name}: masked`),
        remedy: both(`systemctl unmask ${name}\nsystemctl enable --now ${name}`),
      },
    ];
  if (unit.loadState !== 'loaded')
    return [
      {
        id: 'unit-broken',
        what: { en: `systemd cannot use ${name}`, zh: `systemd 无法使用 ${name}` },
        why: both(`LoadState=${unit.loadState}`),
        remedy: both(`systemd-analyze verify ${name}`),
      },
    ];
  return [...failed(unit), ...notEnabled(unit), ...privateTmp(unit, view)];
}

function failed({ name, activeState, result, statusText }: UnitView): Finding[] {
  if (activeState !== 'failed') return [];
  // The last status of a killed service is not the reason.
  const reason = result === 'exit-code' && statusText !== '' ? `; it said: ${statusText}` : '';
  return [
    {
      id: 'unit-failed',
      what: { en: `${name} has failed`, zh: `${name} 启动失败` },
      why: both(`Result=${result}${reason}`),
      remedy: both(
        `journalctl -u ${name} -n 30 --no-pager\nsystemctl reset-failed ${name}\nsystemctl start ${name}`,
      ),
    },
  ];
}

function notEnabled({ name, activeState, fileState }: UnitView): Finding[] {
  if (activeState !== 'active' || fileState !== 'disabled') return [];
  return [
    {
      id: 'unit-not-enabled',
      what: {
        en: `${name} is running, but will not start at boot`,
        zh: `${name} 正在运行，但下次开机不会启动`,
      },
      why: both(`UnitFileState=${fileState}`),
      remedy: both(`systemctl enable ${name}`),
    },
  ];
}

/** With PrivateTmp=, clients look for the socket in a different /tmp. */
function privateTmp({ name, activeState, privateTmp: isPrivate }: UnitView, view: View): Finding[] {
  const path = configOf(view)
    ?.servers.map((server) => (server.kind === 'unix' ? server.path : ''))
    .find((candidate) => /^\/(?:var\/)?tmp\//.test(candidate));
  if (!isPrivate || activeState !== 'active' || path === undefined) return [];
  return [
    {
      id: 'private-tmp',
      what: { en: `clients cannot see the socket ${path}`, zh: `客户端看不到套接字 ${path}` },
      why: {
        en: `${name} has PrivateTmp=yes: it has its own /tmp`,
        zh: `${name} 设置了 PrivateTmp=yes，它的 /tmp 是私有的`,
      },
      remedy: both('[unix_http_server]\nfile = /run/supervisor.sock'),
    },
  ];
}

/** A daemon started by hand although there is a service for it. */
function byHand(view: View): Finding[] {
  const [daemon, unit] = [ownDaemon(view), ownUnit(view)];
  if (daemon === null || unit?.activeState !== 'inactive') return [];
  if (view.units?.some(({ mainPid }) => mainPid === daemon.pid)) return [];
  const { name } = unit;
  return [
    {
      id: 'daemon-outside-unit',
      what: {
        en: `the daemon (pid ${daemon.pid}) was started by hand, ${name} is inactive`,
        zh: `守护进程（pid ${daemon.pid}）是手动启动的，${name} 未激活`,
      },
      why: {
        en: 'systemd will not restart it, and the unit cannot be started while it is running',
        zh: 'systemd 不会重启它；它运行期间启动该单元会失败',
      },
      remedy: both(`${clientCommand(view, 'shutdown')}\nsystemctl start ${name}`),
    },
  ];
}

/** Debian's service and ours compete for the same sockets, unless one has a configuration of its own. */
function rivals(units: readonly UnitView[], view: View): Finding[] {
  if (!hasCustomaryConfiguration(view)) return [];
  const wanted = units.filter(
    ({ activeState, fileState }) => activeState === 'active' || fileState === 'enabled',
  );
  if (wanted.length < 2) return [];
  const names = wanted.map(({ name }) => name);
  return [
    {
      id: 'two-units',
      what: { en: `${names.join(' and ')} will both be started`, zh: `${names.join(' 和 ')} 都会被启动` },
      why: {
        en: 'with the same configuration, only the first one gets the sockets',
        zh: '使用同一配置时，只有先启动的能得到套接字',
      },
      remedy: both(`systemctl disable --now ${names.at(-1)}`),
    },
  ];
}
