// `on_fatal` and `on_exit`: notifies a command, a web hook or a mail address of a process's FATAL or EXITED.
import type { HookTarget } from '../../config/config.ts';
import type { DaemonContext } from '../daemon-context.ts';
import { probeHttp } from '../health/http-probe.ts';
import type { Process } from '../process.ts';
import { runHook } from './hook-command.ts';
import { mailOf, type Notice, notificationOf } from './notification.ts';
import { hookEndLimitMs } from './pending-hooks.ts';

interface Hooks {
  readonly onFatal: HookTarget | null;
  readonly onExit: HookTarget | null;
}

/** Calls `onExit` for every exit that was not requested, `onFatal` when starts are given up. */
export function callHooks(process: Process, { onFatal, onExit }: Hooks, daemon: DaemonContext): void {
  let running = 0;
  const call = async (key: string, target: HookTarget) => {
    const what = `${key} of ${process.qualifiedName}`;
    if (running >= maxRunning) {
      daemon.log.warn(`${what}: not called, ${running} calls before it have not ended yet`);
      return;
    }
    running += 1;
    await daemon.pendingHooks.run(what, (giveUp) => notify(what, target, giveUp, process, daemon));
    running -= 1;
  };
  process.onTransition(() => {
    // A shutdown turns BACKOFF into FATAL; that is no failure of the program.
    if (process.life.startForbidden) return;
    if (process.state === 'FATAL' && onFatal) void call('on_fatal', onFatal);
    if (process.state === 'EXITED' && onExit) void call('on_exit', onExit);
  });
}

/** Per process: hooks that hang must not pile up while the program keeps exiting. */
const maxRunning = 5;

/** -t takes the recipients from the message; -i does not end it at a line with a single dot. */
const sendmail = '/usr/sbin/sendmail -t -i';
const webHookTimeoutMs = hookEndLimitMs;

function notify(
  what: string,
  target: HookTarget,
  giveUp: AbortSignal,
  process: Process,
  daemon: DaemonContext,
): Promise<void> {
  const notice = notificationOf(process, daemon.identifier);
  const run = (command: string, input: string) => runHook({ what, command, input, giveUp }, process, daemon);
  switch (target.kind) {
    case 'command':
      return run(target.command, JSON.stringify(notice));
    case 'mail':
      return run(sendmail, mailOf(notice, target.address));
    case 'webhook':
      return post(what, target.url, notice, daemon);
  }
}

/** Has its own timeout, which ends it before a shutdown would abort it. */
async function post(what: string, url: string, notice: Notice, { log }: DaemonContext): Promise<void> {
  try {
    const { status } = await probeHttp({ url, timeoutMs: webHookTimeoutMs, json: JSON.stringify(notice) });
    if (status >= 300) log.warn(`${what}: ${url} answered with status ${status}`);
  } catch (error) {
    log.warn(`${what}: ${url}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
