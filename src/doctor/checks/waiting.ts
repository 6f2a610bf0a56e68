// Processes that wait for their dependencies: for what, and what to do about it.
import { processName, type WaitingNeed } from '../../client/process-info.ts';
import { type Bilingual, both, type Finding, shellWord } from '../finding.ts';
import { clientCommand, type ProgramView, type View } from '../machine-facts.ts';

/** A dependency that may still be met is no finding before. */
const patienceSeconds = 30;
const maxNamed = 3;

export function checkWaiting(view: View): Finding[] {
  const isAnyWaiting = view.programs.some(({ info }) => info.waiting.length > 0);
  return isAnyWaiting ? [...new Culprits(view.programs).all].flatMap((culprit) => report(culprit, view)) : [];
}

/** What processes wait for, directly or through others that wait. */
interface Culprit {
  readonly need: WaitingNeed;
  /** The process that does not meet it; null if it is unknown. */
  readonly program: ProgramView | null;
  readonly waiting: ProgramView[];
}

class Culprits {
  readonly #byName: ReadonlyMap<string, ProgramView>;
  readonly #byGroup: ReadonlyMap<string, readonly ProgramView[]>;
  readonly #culprits = new Map<string, Culprit>();
  readonly #found = new Map<ProgramView, readonly Culprit[]>();

  constructor(programs: readonly ProgramView[]) {
    // A program with one process may have the name of another group's process, which has a qualified name.
    this.#byName = new Map([
      ...programs.map((program) => [program.info.name, program] as const),
      ...programs.map((program) => [processName(program.info), program] as const),
    ]);
    this.#byGroup = Map.groupBy(programs, ({ info }) => info.group);
    for (const program of programs) {
      for (const culprit of this.#of(program)) culprit.waiting.push(program);
    }
  }

  get all(): Iterable<Culprit> {
    return this.#culprits.values();
  }

  #of(program: ProgramView): readonly Culprit[] {
    const known = this.#found.get(program);
    if (known) return known;
    // Ends the search in a cycle, which a configuration cannot have, but an answer can.
    this.#found.set(program, []);
    const culprits = new Set(program.info.waiting.flatMap((need) => this.#behind(need)));
    this.#found.set(program, [...culprits]);
    return [...culprits];
  }

  /** Of several processes of that name, one that keeps the need from being met. */
  #programOf({ name, stuck }: WaitingNeed): ProgramView | null {
    const members = this.#byGroup.get(name.replace(/:\*$/, '')) ?? [];
    return (
      this.#byName.get(name) ??
      members.find(({ info }) =>
        stuck === null ? info.statename !== 'RUNNING' : info.statename === stuck,
      ) ??
      null
    );
  }

  #behind(need: WaitingNeed): readonly Culprit[] {
    const program = this.#programOf(need);
    if (need.stuck === null && program && program.info.waiting.length > 0) return this.#of(program);
    const key = `${need.name}\n${need.condition}\n${need.stuck}`;
    const culprit = this.#culprits.get(key) ?? { need, program, waiting: [] };
    this.#culprits.set(key, culprit);
    return [culprit];
  }
}

function report(culprit: Culprit, view: View): Finding[] {
  const { need, waiting } = culprit;
  const seconds = Math.max(...waiting.map(({ waitedSeconds }) => waitedSeconds ?? 0));
  if (need.stuck === null && seconds < patienceSeconds) return [];
  return [
    {
      id: 'program-waits',
      what: whatOf(culprit, seconds),
      why: reasonOf(culprit),
      remedy: remedyOf(culprit, view),
    },
  ];
}

/** `seconds`: 0 if unknown. */
function whatOf({ need, waiting }: Culprit, seconds: number): Bilingual {
  const names = named(waiting.map(({ info }) => processName(info)));
  const verb = verbOf(waiting.length, seconds);
  const state = need.stuck === null ? both('') : stateOf(need.stuck);
  return {
    en: `${names.en} ${verb.en} for ${need.name} (${need.condition})${state.en}`,
    zh: `${names.zh} ${verb.zh} ${need.name}（${need.condition}）${state.zh}`,
  };
}

function verbOf(count: number, seconds: number): Bilingual {
  if (seconds === 0) return { en: count === 1 ? 'waits' : 'wait', zh: '在等待' };
  const time = duration(seconds);
  return { en: `${count === 1 ? 'has' : 'have'} waited ${time.en}`, zh: `${time.zh}以来一直在等待` };
}

function stateOf(stuck: string): Bilingual {
  if (stuck === 'missing') return { en: ', which does not exist', zh: '，而它不存在' };
  return { en: `, which is ${stuck}`, zh: `，而它处于 ${stuck} 状态` };
}

function reasonOf({ need, program }: Culprit): Bilingual {
  if (need.stuck === 'missing') {
    return { en: 'no active process has that name', zh: '没有该名称的活动进程' };
  }
  const name = program ? processName(program.info) : need.name;
  if (need.failure !== null) {
    return { en: `${name} is not healthy: ${need.failure}`, zh: `${name} 不健康：${need.failure}` };
  }
  const { spawnerr = '', description = '' } = program?.info ?? {};
  if (need.stuck !== null && spawnerr === '') {
    return { en: 'it starts only when it is asked to', zh: '它只在收到请求时启动' };
  }
  const said = spawnerr || description || (program?.info.statename ?? '?');
  return { en: `${name}: ${said}`, zh: `${name}：${said}` };
}

function remedyOf({ need, waiting, program }: Culprit, view: View): Bilingual {
  const [first] = waiting;
  if (need.stuck === 'missing') {
    return {
      en: `${clientCommand(view, 'update')}   # if the configuration has ${shellWord(need.name)}; else correct depends_on`,
      zh: `${clientCommand(view, 'update')}   # 如果配置中有 ${shellWord(need.name)}；否则请修正 depends_on`,
    };
  }
  const name = shellWord(program ? processName(program.info) : need.name);
  const tail = `${clientCommand(view, 'tail')} ${name} --stderr`;
  if (need.stuck === null && need.failure !== null) {
    return {
      en: `${tail}\n# or correct http_check, http_check_status or http_check_text of ${name}`,
      zh: `${tail}\n# 或修正 ${name} 的 http_check、http_check_status 或 http_check_text`,
    };
  }
  if (need.stuck === null) return both(tail);
  const next = first ? shellWord(processName(first.info)) : '';
  const cause = need.stuck === 'FATAL' || need.stuck === 'UNKNOWN';
  return {
    en: `${clientCommand(view, 'start')} ${name}   # ${cause ? 'when its own problem is solved; ' : ''}then ${next} starts by itself`,
    zh: `${clientCommand(view, 'start')} ${name}   # ${cause ? '先解决它自身的问题；' : ''}之后 ${next} 会自动启动`,
  };
}

/** `a, b, c and 5 more`. */
function named(names: readonly string[]): Bilingual {
  const shown = names.slice(0, maxNamed);
  const more = names.length - shown.length;
  return {
    en: shown.join(', ') + (more > 0 ? ` and ${more} more` : ''),
    zh: shown.join('、') + (more > 0 ? ` 等 ${names.length} 个进程` : ''),
  };
}

function duration(seconds: number): Bilingual {
  const whole = Math.round(seconds);
  if (whole < 120) return { en: `${whole} seconds`, zh: `${whole} 秒` };
  const minutes = Math.round(whole / 60);
  if (minutes < 120) return { en: `${minutes} minutes`, zh: `${minutes} 分钟` };
  const hours = Math.round(minutes / 60);
  return { en: `${hours} hours`, zh: `${hours} 小时` };
}
