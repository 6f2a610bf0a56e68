// `on_fatal` and `on_exit`: tells a command, a web hook or a mailbox what became of a process.
import type { HookTarget } from '../config/config.ts';
import { askHttp } from './ask-http.ts';
import { runHook } from './hook-command.ts';
import { mailOf, type Notice, noticeOf } from './notice.ts';
import type { Process } from './process.ts';
import type { Surroundings } from './surroundings.ts';

interface Hooks {
  readonly onFatal: HookTarget | null;
  readonly onExit: HookTarget | null;
}

/** Tells `onExit` of every end that nobody asked for, `onFatal` of a start that was given up. */
export function callHooks(process: Process, { onFatal, onExit }: Hooks, surroundings: Surroundings): void {
  process.onTransition(() => {
    // A supervisor that ends gives up what waits for another try; that is no news.
    if (process.life.retired) return;
    if (process.state === 'FATAL' && onFatal) tell('on_fatal', onFatal, process, surroundings);
    if (process.state === 'EXITED' && onExit) tell('on_exit', onExit, process, surroundings);
  });
}

/** Reads the recipients from the message, and does not end at a line with a single dot. */
const sendmail = '/usr/sbin/sendmail -t -i';
const webHookTimeoutMs = 10_000;

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

async function post(what: string, url: string, notice: Notice, { log }: Surroundings): Promise<void> {
  try {
    const { status } = await askHttp({ url, timeoutMs: webHookTimeoutMs, json: JSON.stringify(notice) });
    if (status >= 300) log.warn(`${what}: ${url} answered with status ${status}`);
  } catch (error) {
    log.warn(`${what}: ${url}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
