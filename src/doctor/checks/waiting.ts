// Processes that wait for their dependencies: for what, and what to do about it.
import { processName, type WaitingNeed } from '../../client/process-info.ts';
import { type Bilingual, both, type Finding, shellWord } from '../finding.ts';
import { clientCommand, type ProgramView, type View } from '../machine-facts.ts';
import { type Culprit, Culprits, namesOf } from './culprits.ts';
import { isReported } from './programs.ts';

/** A dependency that may still be met is no finding before. */
const patienceSeconds = 30;

export function checkWaiting(view: View): Finding[] {
  const isAnyWaiting = view.programs.some(({ info }) => info.waiting.length > 0);
  return isAnyWaiting ? [...new Culprits(view.programs).all].flatMap((culprit) => report(culprit, view)) : [];
}

function report(culprit: Culprit, view: View): Finding[] {
  const { need, waiting } = culprit;
  // Its own finding names those that wait.
  if (need.stuck === null && culprit.program && isReported(culprit.program, view)) return [];
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
  const names = namesOf(waiting);
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
  if (isOver(need, program)) {
    return {
      en: `${name} is a one-shot: when it has completed, it is not ready`,
      zh: `${name} 是一次性任务：成功完成之后不再是就绪状态`,
    };
  }
  if (need.stuck !== null && spawnerr === '') {
    return { en: 'it starts only when it is asked to', zh: '它只在收到请求时启动' };
  }
  const said = spawnerr || description || (program?.info.statename ?? '?');
  return { en: `${name}: ${said}`, zh: `${name}：${said}` };
}

function remedyOf({ need, waiting, program }: Culprit, view: View): Bilingual {
  const [first] = waiting;
  const next = first ? shellWord(processName(first.info)) : '';
  if (need.stuck === 'missing') {
    return {
      en: `${clientCommand(view, 'update')}   # if the configuration has ${shellWord(need.name)}; else correct depends_on`,
      zh: `${clientCommand(view, 'update')}   # 如果配置中有 ${shellWord(need.name)}；否则请修正 depends_on`,
    };
  }
  const name = shellWord(program ? processName(program.info) : need.name);
  if (isOver(need, program)) {
    return {
      en: `# in depends_on of ${next}: ${name}=completed instead of ${name}=ready`,
      zh: `# 在 ${next} 的 depends_on 中，用 ${name}=completed 代替 ${name}=ready`,
    };
  }
  const tail = `${clientCommand(view, 'tail')} ${name} --stderr`;
  if (need.stuck === null && need.failure !== null) {
    return {
      en: `${tail}\n# or correct http_check, http_check_status or http_check_text of ${name}`,
      zh: `${tail}\n# 或修正 ${name} 的 http_check、http_check_status 或 http_check_text`,
    };
  }
  if (need.stuck === null) return both(tail);
  const cause = need.stuck === 'FATAL' || need.stuck === 'UNKNOWN';
  return {
    en: `${clientCommand(view, 'start')} ${name}   # ${cause ? 'when its own problem is solved; ' : ''}then ${next} starts by itself`,
    zh: `${clientCommand(view, 'start')} ${name}   # ${cause ? '先解决它自身的问题；' : ''}之后 ${next} 会自动启动`,
  };
}

/** A one-shot that is down, and does not show that it is ready: a start would not help, as it just ends again. */
function isOver({ stuck, condition }: WaitingNeed, program: ProgramView | null): boolean {
  return stuck !== null && condition === 'ready' && program?.oneshot === true && program.ready === null;
}

function duration(seconds: number): Bilingual {
  const whole = Math.round(seconds);
  if (whole < 120) return { en: `${whole} seconds`, zh: `${whole} 秒` };
  const minutes = Math.round(whole / 60);
  if (minutes < 120) return { en: `${minutes} minutes`, zh: `${minutes} 分钟` };
  const hours = Math.round(minutes / 60);
  return { en: `${hours} hours`, zh: `${hours} 小时` };
}
