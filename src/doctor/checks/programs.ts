// Programs that should be running but are not, and why.
import { processName } from '../../client/process-info.ts';
import { commandWords } from '../../config/suspicions/suspect.ts';
import { type Bilingual, both, type Finding, shellWord } from '../finding.ts';
import { clientCommand, ownDaemon, type ProgramView, type View } from '../machine-facts.ts';
import { namesOf, waitersIn } from './culprits.ts';
import { type Cause, causeOfFailure } from './failure-causes.ts';

export function checkPrograms(view: View): Finding[] {
  const waiters = waitersIn(view.programs);
  return view.programs.flatMap((program) =>
    checkProgram(program, view).map((finding) => withWaiters(finding, waiters.get(program) ?? [])),
  );
}

/** `checkPrograms` has a finding for it. */
export function isReported(program: ProgramView, view: View): boolean {
  return checkProgram(program, view).length > 0;
}

function withWaiters(finding: Finding, waiters: readonly ProgramView[]): Finding {
  if (waiters.length === 0) return finding;
  const names = namesOf(waiters);
  const { what } = finding;
  return {
    ...finding,
    what: {
      en: `${what.en}; ${names.en} ${waiters.length === 1 ? 'waits' : 'wait'} for it`,
      zh: `${what.zh}；${names.zh} 在等待它`,
    },
  };
}

function checkProgram(program: ProgramView, view: View): Finding[] {
  const { statename } = program.info;
  if (statename === 'UNKNOWN') return [unknown(program, view)];
  if (program.recentEnds > 0) return [keepsRestarting(program, view)];
  if (statename === 'EXITED') return isGone(program) ? [daemonised(program, view)] : [];
  if (program.isLate) return [late(program, view)];
  if (statename !== 'FATAL' && statename !== 'BACKOFF') return [];
  if (isGone(program)) return [daemonised(program, view)];
  const name = processName(program.info);
  const cause = causeOf(program) ?? notStarted(program, view);
  return [
    {
      id: `program-${cause.id}`,
      what: stateOf(name, statename),
      why: withLastOutput(cause.why, program),
      remedy: {
        en: `${cause.remedy.en}\n${startAgain(name, view)}`,
        zh: `${cause.remedy.zh}\n${startAgain(name, view)}`,
      },
    },
  ];
}

/** A program that daemonises itself holds its own port at its second start. */
function causeOf(program: ProgramView): Cause | null {
  const cause = causeOfFailure(program);
  const { foreground } = program;
  if (cause?.id !== 'port-taken' || foreground === null) return cause;
  const { why, remedy } = cause;
  return {
    ...cause,
    why: {
      en: `${why.en}: it daemonises itself`,
      zh: `${why.zh}：它会自行转入后台`,
    },
    remedy: { en: `${foreground.en}\n${remedy.en}`, zh: `${foreground.zh}\n${remedy.zh}` },
  };
}

/** It exited with 0 at once and left processes running, or is known to daemonise itself. */
function isGone({ info, lastExit, survivors, foreground }: ProgramView): boolean {
  // The daemon has stopped it, as it was not ready: how it ended says nothing.
  if (/^(?:not ready within|closed descriptor) /.test(info.spawnerr)) return false;
  return survivors.length > 0 || (lastExit === 'exit status 0' && foreground !== null);
}

function daemonised({ info, command, foreground, survivors, startsecs }: ProgramView, view: View): Finding {
  const name = processName(info);
  const left = survivors.map(({ pid, commandLine }) => `pid ${pid}: ${commandLine}`).join('; ');
  const kill = survivors.length > 0 ? `\nkill ${survivors.map(({ pid }) => pid).join(' ')}` : '';
  const seeIt = howToSeeIt(command ?? 'COMMAND');
  return {
    id: 'program-daemonises-itself',
    what: {
      en: `${name} is ${info.statename}: it daemonises itself`,
      zh: `${name} 处于 ${info.statename} 状态：它会自行转入后台`,
    },
    why: {
      en: `its process exited within startsecs=${startsecs}, or left other processes behind${left && `: ${left}`}`,
      zh: `它的进程在 startsecs=${startsecs} 秒内就结束了，或留下了其他进程${left && `：${left}`}`,
    },
    remedy: {
      en: `${foreground?.en ?? '# find its option for running in the foreground, for command='}${kill}\n${startAgain(name, view)}\n# to verify:\n${seeIt.en}`,
      zh: `${foreground?.zh ?? '# 查找让它保持前台运行的选项，写入 command='}${kill}\n${startAgain(name, view)}\n# 验证方法：\n${seeIt.zh}`,
    },
  };
}

/** Runs long enough to count as started, then exits, again and again: the state alone does not show that. */
function keepsRestarting(program: ProgramView, view: View): Finding {
  const { info, recentEnds, survivors, lastExit } = program;
  const name = processName(info);
  const cause = causeOf(program) ?? {
    id: 'keeps-restarting',
    why: {
      en: `it exits soon after each start: ${lastExit ?? '?'}`,
      zh: `它每次启动后不久就结束：${lastExit ?? '?'}`,
    },
    remedy: both(`${clientCommand(view, 'tail')} ${shellWord(name)} --stderr`),
  };
  const orphans = view.orphans.filter((orphan) => orphan.process === info.name);
  const left = [...survivors, ...orphans].map(({ pid, commandLine }) => `pid ${pid}: ${commandLine}`);
  const earlier = left.join('; ');
  // Orphans of an earlier supervisord are reported by the orphan check.
  const kill = survivors.length > 0 ? `kill ${survivors.map(({ pid }) => pid).join(' ')}\n` : '';
  return {
    id: `program-${cause.id}`,
    what: {
      en: `${name} keeps restarting: it exited ${recentEnds} times within a minute`,
      zh: `${name} 反复重启：一分钟内退出了 ${recentEnds} 次`,
    },
    why: withLastOutput(
      {
        en: `${cause.why.en}${earlier && `; still running from an earlier run: ${earlier}`}`,
        zh: `${cause.why.zh}${earlier && `；先前运行留下的进程：${earlier}`}`,
      },
      program,
    ),
    remedy: { en: `${kill}${cause.remedy.en}`, zh: `${kill}${cause.remedy.zh}` },
  };
}

/** The start failed, and neither the daemon nor the program says more. */
function notStarted(program: ProgramView, view: View): Cause {
  const { info, ready } = program;
  if (info.spawnerr.startsWith('waiting for ')) return dependenciesNotMet(program, view);
  return ready === null ? tooQuick(program, view) : notReady(ready, program, view);
}

/** depends_timeout has passed. */
function dependenciesNotMet({ info }: ProgramView, view: View): Cause {
  return {
    id: 'dependencies-not-met',
    why: { en: `it gave up ${info.spawnerr}`, zh: `等待依赖超时：${info.spawnerr}` },
    remedy: {
      en: `${clientCommand(view, 'status')}   # what it waited for\ndepends_timeout = 1h   ; or none, to wait without limit`,
      zh: `${clientCommand(view, 'status')}   # 查看它所等待的程序\ndepends_timeout = 1h   ; 或不设，一直等待`,
    },
  };
}

function notReady(ready: string, program: ProgramView, view: View): Cause {
  const { info, lastExit } = program;
  const isEnded = info.spawnerr.startsWith('Exited too quickly');
  const said = isEnded ? (lastExit ?? '?') : info.spawnerr;
  return {
    id: 'not-ready',
    why: {
      en: `${isEnded ? 'it exits before it is ready' : 'it does not become ready'} (ready=${ready}): ${said}`,
      zh: `${isEnded ? '它在就绪之前退出' : '它没有就绪'}（ready=${ready}）：${said}`,
    },
    remedy: forReadiness(program, view),
  };
}

/** It is still starting, for longer than most programs need. */
function late(program: ProgramView, view: View): Finding {
  const { info, ready } = program;
  const lack = info.description.replace(/^not ready: /, '');
  const said = lack.startsWith(`${ready}: `) ? lack.slice(`${ready}: `.length) : lack;
  return {
    id: 'program-not-ready',
    what: stateOf(processName(info), info.statename),
    why: withLastOutput(
      {
        en: `for ${info.now - info.start} seconds it has not become ready (ready=${ready})${said && `: ${said}`}`,
        zh: `启动 ${info.now - info.start} 秒后仍未就绪（ready=${ready}）${said && `：${said}`}`,
      },
      program,
    ),
    remedy: forReadiness(program, view),
  };
}

function forReadiness({ info, ready }: ProgramView, view: View): Bilingual {
  const tail = `${clientCommand(view, 'tail')} ${shellWord(processName(info))} --stderr`;
  return {
    en: `${tail}\n# or correct ready=${ready}, if it shows in another way that it is ready\nready_timeout = 5m   ; if it needs longer`,
    zh: `${tail}\n# 或修正 ready=${ready}，如果它以其他方式表示就绪\nready_timeout = 5m   ; 如果它需要更长时间`,
  };
}

function tooQuick({ lastExit, startsecs, command, info }: ProgramView, view: View): Cause {
  const tail = `${clientCommand(view, 'tail')} ${shellWord(processName(info))} --stderr`;
  const how = lastExit ?? info.spawnerr;
  const mayEnd = lastExit === 'exit status 0';
  return {
    id: 'exits-too-quickly',
    why: {
      en: `it exits within startsecs=${startsecs}: ${how}`,
      zh: `它在 startsecs=${startsecs} 秒内退出：${how}`,
    },
    remedy: {
      en: `${tail}\n${inShell(command ?? '')}   # run it by hand, as its user and in its directory${mayEnd ? '\noneshot = true   ; if it is a job that is expected to exit' : ''}`.trim(),
      zh: `${tail}\n${inShell(command ?? '')}   # 以它的用户、在它的目录中手动运行${mayEnd ? '\noneshot = true   ; 如果它本来就是会结束的任务' : ''}`.trim(),
    },
  };
}

function unknown({ info }: ProgramView, view: View): Finding {
  const name = processName(info);
  return {
    id: 'program-unknown',
    what: stateOf(name, 'UNKNOWN'),
    why: {
      en: 'the daemon has no permission to signal it: it runs as a different user, or a security module forbids it',
      zh: '守护进程无权向它发信号：它以其他用户运行，或被安全模块禁止',
    },
    remedy: both(`ps -ef | grep -w ${ownDaemon(view)?.pid ?? 'supervisord'}`),
  };
}

function stateOf(name: string, state: string): Bilingual {
  return { en: `${name} is ${state}`, zh: `${name} 处于 ${state} 状态` };
}

function startAgain(name: string, view: View): string {
  return `${clientCommand(view, 'start')} ${shellWord(name)}`;
}

function withLastOutput(why: Bilingual, { lastOutput }: ProgramView): Bilingual {
  if (lastOutput.length === 0) return why;
  const said = lastOutput.map((line) => `  | ${line}`).join('\n');
  return { en: `${why.en}; its last output:\n${said}`, zh: `${why.zh}；最后的输出：\n${said}` };
}

/** The command quoted for a shell; empty if it cannot be split. */
function inShell(command: string): string {
  return commandWords(command).map(shellWord).join(' ');
}

/** How to reproduce it by hand. */
function howToSeeIt(command: string): Bilingual {
  const line = inShell(command);
  return {
    en: `${line}; echo "status $?"   # if the prompt returns at once and the program is still running, it daemonises itself`,
    zh: `${line}; echo "status $?"   # 立刻返回提示符而程序仍在运行，说明它自行转入后台`,
  };
}
