// Errors in what processes depend on: names that no process has, cycles, and conditions that are never met.
import type { Bilingual, GroupConfig } from './config.ts';
import { Dependencies, type Target } from './dependencies.ts';
import type { IniDocument } from './dialect.ts';
import type { ErrorSink } from './error-sink.ts';
import { NameAdvice } from './name-advice.ts';
import { ProcessErrors, type ReadProcess, readProcessesOf } from './process-errors.ts';
import { qualifiedName } from './process-name.ts';
import { type Condition, formatSelector, type ProcessSelector } from './values/dependencies.ts';

/** Reports each error at the option that has it. Takes time linear in written names plus processes. */
export function reportDependencyErrors(
  groups: readonly GroupConfig[],
  document: IniDocument,
  problems: ErrorSink,
): void {
  const isUsed = groups.some(({ processes }) =>
    processes.some(
      ({ extensions: { dependsOn, stopWith, restartWith } }) =>
        dependsOn.length + stopWith.length + restartWith.length > 0,
    ),
  );
  if (isUsed) new DependencyCheck(readProcessesOf(groups), new ProcessErrors(document, problems)).run();
}

/** A name in an option; the condition is null in options without conditions. */
interface Written {
  readonly key: string;
  readonly target: Target<ReadProcess>;
  readonly condition: Condition | null;
}

class DependencyCheck {
  readonly #dependencies: Dependencies<ReadProcess>;
  readonly #advice: NameAdvice;
  /** The member of a target that never meets a condition; null if there is none. */
  readonly #obstacles = {
    ready: new Map<Target<ReadProcess>, ReadProcess | null>(),
    healthy: new Map<Target<ReadProcess>, ReadProcess | null>(),
    completed: new Map<Target<ReadProcess>, ReadProcess | null>(),
  };

  constructor(
    private readonly processes: readonly ReadProcess[],
    private readonly errors: ProcessErrors,
  ) {
    this.#dependencies = new Dependencies(processes);
    this.#advice = new NameAdvice(processes);
  }

  run(): void {
    for (const process of this.processes)
      for (const written of this.#writtenIn(process)) {
        if (written.target.members.length === 0) this.#reportUnknown(process, written);
        else this.#checkCondition(process, written);
      }
    for (const cycle of this.#dependencies.cycles) this.#reportCycle(cycle, dependencyCycle);
    for (const cycle of this.#dependencies.restartCycles) this.#reportCycle(cycle, restartCycle);
  }

  #writtenIn(process: ReadProcess): Written[] {
    const { dependsOn, dependentStartupWaitFor } = process.config.extensions;
    const own = dependsOn.length - dependentStartupWaitFor.length;
    const without = (key: string) => (target: Target<ReadProcess>) => ({ key, target, condition: null });
    return [
      ...this.#dependencies.needsOf(process).map(({ target, condition }, index) => ({
        ...{ key: index < own ? 'depends_on' : 'dependent_startup_wait_for', target, condition },
      })),
      ...this.#dependencies.stopsWith(process).map(without('stop_with')),
      ...this.#dependencies.restartsWith(process).map(without('restart_with')),
    ];
  }

  #reportUnknown(process: ReadProcess, { key, target: { selector } }: Written): void {
    const text = formatSelector(selector);
    const empty = this.#emptyProgram(selector);
    const { en, zh } = kinds[selector.kind];
    const said =
      empty === null
        ? {
            message: { en: `there is no ${en} ${text}`, zh: `没有${zh} ${text}` },
            expected: this.#advice.on(selector) ?? anyName,
          }
        : {
            message: { en: `program ${empty} has no processes`, zh: `程序 ${empty} 没有进程` },
            expected: { en: 'a program with numprocs of at least 1', zh: 'numprocs 至少为 1 的程序' },
          };
    this.errors.report(process, { keys: [key], text, ...said });
  }

  /** The program without processes that a name means; null if it means none. */
  #emptyProgram(selector: ProcessSelector): string | null {
    const name = selector.kind === 'program' ? selector.program : selector.group;
    return this.errors.hasSection(name) && !this.#advice.isKnown(name) ? name : null;
  }

  #checkCondition(process: ReadProcess, { key, target, condition }: Written): void {
    if (condition === null || condition === 'started' || condition === 'ended') return;
    const { isObstacle, message, expected } = hopeless[condition];
    const known = this.#obstacles[condition];
    const member = known.get(target) ?? target.members.find(isObstacle) ?? null;
    known.set(target, member);
    if (member === null) return;
    const text = `${formatSelector(target.selector)}=${condition}`;
    const section = this.errors.sectionNameOf(member);
    this.errors.report(process, {
      keys: [key],
      text,
      message: message(qualifiedName(member)),
      expected: expected(section, key),
    });
  }

  /** At the option of its first process that leads to the next. */
  #reportCycle(cycle: readonly ReadProcess[], { keys, itself, others, expected }: CycleWords): void {
    const [first, next = first] = cycle;
    if (first === undefined || next === undefined) return;
    const leading = this.#dependencies.targetsOf(next);
    const written = this.#writtenIn(first).find(
      ({ key, target }) => keys.includes(key) && leading.includes(target),
    );
    if (written === undefined) return;
    const path = pathOf([...cycle, first].map(qualifiedName));
    this.errors.report(first, {
      keys: [written.key],
      text: formatSelector(written.target.selector),
      message: next === first ? itself(qualifiedName(first)) : others(path),
      expected,
    });
  }
}

/** `web -> api -> db -> web`; a long one without its middle. */
function pathOf(names: readonly string[]): string {
  const shown = names.length <= 12 ? names : [...names.slice(0, 10), '…', ...names.slice(-1)];
  return shown.join(' -> ');
}

const kinds: Readonly<Record<ProcessSelector['kind'], Bilingual>> = {
  program: { en: 'program', zh: '程序' },
  process: { en: 'process', zh: '进程' },
  group: { en: 'group', zh: '组' },
};

const anyName: Bilingual = {
  en: 'the name of a program, GROUP:PROCESS or GROUP:*',
  zh: '程序名、组名:进程名 或 组名:*',
};

/** Conditions that depend on how the other program is configured. */
const hopeless = {
  ready: {
    isObstacle: ({ config: { extensions } }: ReadProcess) => extensions.oneshot && extensions.ready === null,
    message: (name: string): Bilingual => ({
      en: `${name} has oneshot=true and no ready, so it ends instead of being ready`,
      zh: `${name} 是未设置 ready 的一次性任务，运行后即结束，不会保持就绪`,
    }),
    expected: (section: string, key: string): Bilingual => {
      const [ended, started] = key === 'depends_on' ? ['=completed', '=started'] : [':exited', ':starting'];
      return {
        en: `${ended} or ${started}, or ready in [${section}]`,
        zh: `${ended} 或 ${started}，或在 [${section}] 中设置 ready`,
      };
    },
  },
  healthy: {
    isObstacle: ({ config }: ReadProcess) => config.extensions.httpCheck === null,
    message: (name: string): Bilingual => ({
      en: `${name} is never healthy, as it has no http_check`,
      zh: `${name} 没有 http_check，永远不会满足 healthy`,
    }),
    expected: (section: string): Bilingual => ({
      en: `http_check in [${section}], or another condition`,
      zh: `在 [${section}] 中设置 http_check，或改用其他条件`,
    }),
  },
  completed: {
    isObstacle: ({ config }: ReadProcess) => config.autorestart === 'always' && !config.extensions.oneshot,
    message: (name: string): Bilingual => ({
      en: `${name} never completes, as it has autorestart=true`,
      zh: `${name} 设置了 autorestart=true，永远不会满足 completed`,
    }),
    expected: (section: string): Bilingual => ({
      en: `oneshot=true in [${section}], or another condition`,
      zh: `在 [${section}] 中设置 oneshot=true，或改用其他条件`,
    }),
  },
};

interface CycleWords {
  readonly keys: readonly string[];
  itself(name: string): Bilingual;
  others(path: string): Bilingual;
  readonly expected: Bilingual;
}

const dependencyCycle: CycleWords = {
  keys: ['depends_on', 'dependent_startup_wait_for'],
  itself: (name) => ({ en: `${name} depends on itself`, zh: `${name} 依赖自身` }),
  others: (path) => ({ en: `cycle of dependencies: ${path}`, zh: `循环依赖：${path}` }),
  expected: { en: 'dependencies without a cycle', zh: '不构成循环的依赖' },
};

const restartCycle: CycleWords = {
  keys: ['restart_with'],
  itself: (name) => ({ en: `${name} restarts with itself`, zh: `${name} 随自身重启` }),
  others: (path) => ({
    en: `processes that restart each other for ever: ${path}`,
    zh: `这些进程会无休止地互相重启：${path}`,
  }),
  expected: { en: 'names without a cycle', zh: '不构成循环的名称' },
};
