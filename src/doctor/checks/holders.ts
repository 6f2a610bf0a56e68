// Sockets of the configuration that another process listens on: which process, and what to do about it.
import type { Holder, HoldingProcess } from '../facts/holders.ts';
import { type Bilingual, both, type Finding, shellWord } from '../finding.ts';

/** `configPath`: of the daemon that could not start, symbolic links resolved. */
export function explainHolders(holders: readonly Holder[], configPath: string): Omit<Finding, 'id'>[] {
  const own = holders.filter(({ process }) => process?.configPath === configPath);
  const [first] = own.flatMap(({ process }) => process ?? []);
  if (first === undefined) return holders.map(takenBy);
  const places = own.map(({ section, address }) => `[${section}] ${address}`).join(', ');
  const others = holders.filter((holder) => !own.includes(holder));
  return [alreadyRuns(first, places, configPath), ...others.map(takenBy)];
}

function alreadyRuns(
  { pid, since, commandLine }: HoldingProcess,
  places: string,
  configPath: string,
): Omit<Finding, 'id'> {
  const name = shellWord(configPath);
  return {
    what: {
      en: `supervisord is already running with this configuration: pid ${pid} since ${shown(since)}, at ${places}`,
      zh: `已有使用该配置的 supervisord 在运行：pid ${pid}，启动于 ${shown(since)}，监听 ${places}`,
    },
    why: both(commandLine),
    remedy: {
      en: `tsupervisor status -c ${name}\ntsupervisor update -c ${name}   # after a change of the configuration`,
      zh: `tsupervisor status -c ${name}\ntsupervisor update -c ${name}   # 修改配置之后执行`,
    },
  };
}

function takenBy({ section, address, kind, process, user }: Holder): Omit<Finding, 'id'> {
  const option = kind === 'inet' ? 'port' : 'file';
  const another: Bilingual = {
    en: `# stop it, or change ${option}= in [${section}]`,
    zh: `# 结束它，或在 [${section}] 中换一个 ${option}=`,
  };
  if (process === null) {
    const who = user ?? '?';
    const look = kind === 'inet' ? `sudo ss -ltnp 'sport = :${portOf(address)}'` : `sudo ss -lxp`;
    return {
      what: {
        en: `[${section}] ${address} is taken by a process that cannot be seen from here`,
        zh: `[${section}] ${address} 已被占用，占用它的进程在此处不可见`,
      },
      why: { en: `user ${who}`, zh: `用户 ${who}` },
      remedy: { en: `${look}\n${another.en}`, zh: `${look}\n${another.zh}` },
    };
  }
  const { pid, since, commandLine, configPath } = process;
  const look = configPath === null ? `ps -fp ${pid}` : `tsupervisor status -c ${shellWord(configPath)}`;
  return {
    what: {
      en: `[${section}] ${address} is taken by pid ${pid} since ${shown(since)}`,
      zh: `[${section}] ${address} 已被 pid ${pid} 占用，该进程启动于 ${shown(since)}`,
    },
    why: both(commandLine),
    remedy: { en: `${look}\n${another.en}`, zh: `${look}\n${another.zh}` },
  };
}

function portOf(address: string): string {
  return address.slice(address.lastIndexOf(':') + 1);
}

/** Local time, to the minute. */
function shown(date: Date): string {
  const two = (number: number): string => String(number).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}
