// Options for order and readiness that have no effect, or hardly ever, because of another option.
import type { Bilingual } from '../config.ts';
import { Dependencies, type Target } from '../dependencies.ts';
import type { Diagnostic } from '../diagnostic.ts';
import type { Section } from '../dialect.ts';
import { type ReadProcess, readProcessesOf } from '../process-errors.ts';
import { qualifiedName } from '../process-name.ts';
import { formatSelector } from '../values/dependencies.ts';
import { isRepeated } from '../values/readiness.ts';
import { aboutSetting, programSections, type Suspect } from './suspect.ts';

export function withoutEffect({ document, config }: Suspect): Diagnostic[] {
  const processes = readProcessesOf(config.groups);
  const byProgram = new Map(processes.map((process) => [process.config.program, process]));
  const names = new NamesWithoutEffect(processes);
  return programSections(document).flatMap((section) => {
    const process = byProgram.get(section.name.slice(section.name.indexOf(':') + 1).trim());
    if (process === undefined) return [];
    return [...optionsOf(process), ...names.of(process)].flatMap((finding) => warning(section, finding));
  });
}

interface Finding {
  readonly key: string;
  /** The part of the value that it is about; null for all of it. */
  readonly text: string | null;
  readonly message: Bilingual;
  readonly remedy: Bilingual;
}

/** Only where the section itself has the option: in [DEFAULT] it is for other programs, too. */
function warning(section: Section, { key, text, message, remedy }: Finding): Diagnostic[] {
  const setting = section.settings.get(key);
  if (!setting) return [];
  const part = text !== null && setting.text.includes(text) ? text : null;
  return [aboutSetting(section, setting, message, remedy, part)];
}

function optionsOf({ config: { extensions } }: ReadProcess): Finding[] {
  const { ready, dependsOn } = extensions;
  const findings = [];
  if (ready === null)
    findings.push(uselessWithout('ready_timeout', 'ready'), uselessWithout('ready_interval', 'ready'));
  else if (!isRepeated(ready)) findings.push(uselessInterval(ready.kind));
  if (dependsOn.length === 0) findings.push(uselessWithout('depends_timeout', 'depends_on'));
  return findings;
}

function uselessWithout(key: string, other: string): Finding {
  return {
    ...{ key, text: null },
    message: { en: `${key} has no effect without ${other}`, zh: `未设置 ${other}，${key} 不起作用` },
    remedy: { en: `${other}, or no ${key}`, zh: `设置 ${other}，或删去 ${key}` },
  };
}

function uselessInterval(kind: string): Finding {
  return {
    ...{ key: 'ready_interval', text: null },
    message: {
      en: `ready_interval has no effect with ready=${kind}, which has no repeated attempts`,
      zh: `ready=${kind} 不会反复尝试，ready_interval 不起作用`,
    },
    remedy: {
      en: 'ready_timeout if the wait is meant, or no ready_interval',
      zh: '若指等待时间请用 ready_timeout，否则删去 ready_interval',
    },
  };
}

/** Names whose processes meet the condition only by chance. Looks at the members of each target once. */
class NamesWithoutEffect {
  readonly #dependencies: Dependencies<ReadProcess>;
  readonly #restarted = new Members(({ config }) => config.autorestart === 'always' && !isOneshot(config));
  readonly #oneshots = new Members(({ config }) => isOneshot(config));
  readonly #lasting = new Members(({ config }) => !isOneshot(config));

  constructor(processes: readonly ReadProcess[]) {
    this.#dependencies = new Dependencies(processes);
  }

  of(process: ReadProcess): Finding[] {
    return [...this.#needs(process), ...this.#restarts(process)];
  }

  #needs(process: ReadProcess): Finding[] {
    const { dependsOn, dependentStartupWaitFor } = process.config.extensions;
    const own = dependsOn.length - dependentStartupWaitFor.length;
    return this.#dependencies.needsOf(process).flatMap(({ target, condition }, index) => {
      const key = index < own ? 'depends_on' : 'dependent_startup_wait_for';
      const text = `${formatSelector(target.selector)}=${condition}`;
      const restarted = condition === 'ended' ? this.#restarted.firstOf(target) : null;
      if (restarted !== null) return [{ key, text, ...neverEnds(restarted) }];
      const oneshot = condition === 'healthy' ? this.#oneshots.firstOf(target) : null;
      return oneshot === null ? [] : [{ key, text, ...brieflyHealthy(oneshot) }];
    });
  }

  #restarts(process: ReadProcess): Finding[] {
    return this.#dependencies.restartsWith(process).flatMap((target) => {
      const oneshot = this.#oneshots.firstOf(target);
      if (oneshot === null || this.#lasting.firstOf(target) !== null) return [];
      const text = formatSelector(target.selector);
      return [{ key: 'restart_with', text, ...seldomRestarts(oneshot) }];
    });
  }
}

class Members {
  readonly #first = new Map<Target<ReadProcess>, ReadProcess | null>();

  constructor(private readonly isMeant: (member: ReadProcess) => boolean) {}

  firstOf(target: Target<ReadProcess>): ReadProcess | null {
    const known = this.#first.get(target);
    if (known !== undefined) return known;
    const found = target.members.find(this.isMeant) ?? null;
    this.#first.set(target, found);
    return found;
  }
}

function isOneshot({ extensions }: ReadProcess['config']): boolean {
  return extensions.oneshot;
}

type Words = Pick<Finding, 'message' | 'remedy'>;

function neverEnds(process: ReadProcess): Words {
  const name = qualifiedName(process);
  return {
    message: {
      en: `${name} has autorestart=true, so it ends only when it cannot be started`,
      zh: `${name} 设置了 autorestart=true，只有无法启动时才算结束`,
    },
    remedy: {
      en: `oneshot=true or another autorestart for ${name}, or another condition`,
      zh: `为 ${name} 设置 oneshot=true 或其他 autorestart，或改用其他条件`,
    },
  };
}

function brieflyHealthy(process: ReadProcess): Words {
  const name = qualifiedName(process);
  return {
    message: {
      en: `${name} is a one-shot, so it is healthy only while it runs`,
      zh: `${name} 是一次性任务，只在运行期间才算健康`,
    },
    remedy: { en: '=completed or =started', zh: '=completed 或 =started' },
  };
}

function seldomRestarts(process: ReadProcess): Words {
  const name = qualifiedName(process);
  return {
    message: {
      en: `${name} is a one-shot, which starts again only on request`,
      zh: `${name} 是一次性任务，只有收到请求才会再次启动`,
    },
    remedy: { en: 'a program that keeps running', zh: '持续运行的程序' },
  };
}
