// `on_fatal` and `on_exit`: tells a command, a web hook or a mailbox what became of a process.
import type { HookTarget } from '../config/config.ts';
import { askHttp } from './ask-http.ts';
import { runHook } from './hook-command.ts';
import type { Process } from './process.ts';
import type { Surroundings } from './surroundings.ts';

/** What commands read on stdin and web hooks get as their body, as JSON. */
interface Notice {
  readonly event: 'PROCESS_STATE_FATAL' | 'PROCESS_STATE_EXITED';
  /** Unix time in seconds. */
  readonly time: number;
  readonly server: string;
  readonly process: string;
  readonly group: string;
  /** Exit code of the last run, -1 for a signal. */
  readonly exitStatus: number;
  readonly expected: boolean;
  /** As `supervisorctl status` describes it; empty when there is nothing to tell. */
  readonly description: string;
}

/** Tells `onExit` of every end that nobody asked for, `onFatal` of a start that was given up. */
export function callHooks(
  process: Process,
  { onFatal, onExit }: { onFatal: HookTarget | null; onExit: HookTarget | null },
  surroundings: Surroundings,
): void {
  process.onTransition(() => {
    // A supervisor that ends gives up what waits for another try; that is no news.
    if (process.life.retired) return;
    if (process.state === 'FATAL' && onFatal) tell('on_fatal', onFatal, process, surroundings);
    if (process.state === 'EXITED' && onExit) tell('on_exit', onExit, process, surroundings);
  });
}

function tell(key: string, target: HookTarget, process: Process, surroundings: Surroundings): void {
  const what = `${key} of ${process.qualifiedName}`;
  const notice = noticeOf(process, surroundings.identifier);
  switch (target.kind) {
    case 'command':
      runHook({ what, command: target.command, input: JSON.stringify(notice) }, process, surroundings);
      return;
    case 'mail':
      runHook({ what, command: sendmail, input: mailOf(notice, target.address) }, process, surroundings);
      return;
    case 'webhook':
      void post(what, target.url, notice, surroundings);
  }
}

/** Reads the recipients from the message, and does not end at a line with a single dot. */
const sendmail = '/usr/sbin/sendmail -t -i';
const webHookTimeoutMs = 10_000;

function noticeOf({ name, group, state, life }: Process, server: string): Notice {
  return {
    event: state === 'FATAL' ? 'PROCESS_STATE_FATAL' : 'PROCESS_STATE_EXITED',
    time: Math.floor(Date.now() / 1000),
    server,
    process: name,
    group,
    exitStatus: life.exitStatus,
    expected: state === 'EXITED' && life.spawnError === '',
    description: life.spawnError,
  };
}

function mailOf(notice: Notice, address: string): string {
  const { event, server, process, group, exitStatus, description, time } = notice;
  const became = event === 'PROCESS_STATE_FATAL' ? 'could not be started' : 'exited';
  return `To: ${address}
Subject: [${server}] ${group}:${process} ${became}
Content-Type: text/plain; charset=utf-8

Process ${process} of group ${group} ${became} at ${new Date(time * 1000).toISOString()}.
Exit status: ${exitStatus}
${description}
`;
}

async function post(what: string, url: string, notice: Notice, { log }: Surroundings): Promise<void> {
  try {
    const { status } = await askHttp({ url, timeoutMs: webHookTimeoutMs, json: JSON.stringify(notice) });
    if (status >= 300) log.warn(`${what}: ${url} answered with status ${status}`);
  } catch (error) {
    log.warn(`${what}: ${url}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
