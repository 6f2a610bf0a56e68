// Do the kernel's limits allow what the configuration needs?
import { both, type Finding } from '../finding.ts';
import { configOf, type LimitsView, ownDaemon, type View } from '../machine-facts.ts';

/** Per process: stdin, stdout, stderr and the two log files. */
const descriptorsPerProcess = 5;
/** The daemon's own logs, sockets and clients. */
const descriptorsOfDaemon = 40;
const nearlyAll = 0.9;

export function checkLimits(view: View): Finding[] {
  const config = configOf(view);
  if (!config) return [];
  const { minfds, minprocs } = config.supervisord;
  const processes = config.groups.reduce((sum, group) => sum + group.processes.length, 0);
  const wanted = processes * descriptorsPerProcess + descriptorsOfDaemon;
  const running = ownDaemon(view) !== null;
  const { limits } = view;
  return [
    ...(running ? [] : refused('minfds', minfds, limits, 'descriptors')),
    ...(running ? [] : refused('minprocs', minprocs, limits, 'processes')),
    ...tooFewDescriptors(
      running ? limits.soft.descriptors : Math.max(minfds, limits.soft.descriptors),
      wanted,
    ),
    ...(running ? nearlyUsedUp(limits) : []),
  ];
}

/** The daemon would refuse to start. */
function refused(
  option: 'minfds' | 'minprocs',
  minimum: number,
  { hard, mayRaise }: LimitsView,
  what: 'descriptors' | 'processes',
): Finding[] {
  if (mayRaise || hard[what] >= minimum) return [];
  const directive = what === 'descriptors' ? 'LimitNOFILE' : 'LimitNPROC';
  return [
    {
      id: 'limit-too-low',
      what: {
        en: `the daemon cannot start: ${option}=${minimum}, but the limit is ${hard[what]}`,
        zh: `守护进程无法启动：${option}=${minimum}，但系统上限为 ${hard[what]}`,
      },
      why: { en: 'only root can raise a hard limit', zh: '只有 root 能提高硬限制' },
      remedy: {
        en: `${directive}=${minimum}   # in the unit, or lower ${option} in [supervisord]`,
        zh: `${directive}=${minimum}   # 写入 systemd 单元，或在 [supervisord] 中降低 ${option}`,
      },
    },
  ];
}

function tooFewDescriptors(limit: number, wanted: number): Finding[] {
  if (limit >= wanted) return [];
  return [
    {
      id: 'limit-too-low',
      what: {
        en: `too few file descriptors for all programs: limit ${limit}, about ${wanted} needed`,
        zh: `文件描述符不够所有程序使用：上限 ${limit}，约需 ${wanted}`,
      },
      why: { en: 'each process uses up to five', zh: '每个进程最多占用五个' },
      remedy: both(`[supervisord]\nminfds = ${roundUp(wanted)}`),
    },
  ];
}

function nearlyUsedUp({ pid, soft, openDescriptors }: LimitsView): Finding[] {
  if (openDescriptors === null || openDescriptors < soft.descriptors * nearlyAll) return [];
  return [
    {
      id: 'descriptors-used-up',
      what: {
        en: `the daemon (pid ${pid}) has ${openDescriptors} of ${soft.descriptors} descriptors open`,
        zh: `守护进程（pid ${pid}）已打开 ${openDescriptors} 个描述符，上限 ${soft.descriptors}`,
      },
      why: { en: 'soon no more programs can be started', zh: '很快将无法再启动程序' },
      remedy: both(`prlimit --pid ${pid} --nofile=${soft.descriptors * 4}`),
    },
  ];
}

function roundUp(count: number): number {
  return 2 ** Math.ceil(Math.log2(count));
}
