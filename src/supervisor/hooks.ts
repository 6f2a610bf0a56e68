// `on_fatal` and `on_exit`: tells a command, a web hook or a mailbox what became of a process.
import type { HookTarget } from '../config/config.ts';
import type { DaemonContext } from './daemon-context.ts';
import { runHook } from './hook-command.ts';
import { probeHttp } from './http-probe.ts';
import { mailOf, type Notice, notificationOf } from './notification.ts';
import { hookEndLimitMs } from './pending-hooks.ts';
import type { Process } from './process.ts';

interface Hooks {
  readonly onFatal: HookTarget | null;
  readonly onExit: HookTarget | null;
}

/** Tells `onExit` of every end that nobody asked for, `onFatal` of a start that was given up. */
export function callHooks(process: Process, { onFatal, onExit }: Hooks, daemon: DaemonContext): void {
  let running = 0;
  const call = async (key: string, target: HookTarget) => {
    const what = `${key} of ${process.qualifiedName}`;
    if (running >= maxRunning) {
      daemon.log.warn(`${what}: not called, ${running} calls before it have not ended yet`);
      return;
    }
    running += 1;
    await daemon.pendingHooks.make(what, (giveUp) => tell(what, target, giveUp, process, daemon));
    running -= 1;
  };
  process.onTransition(() => {
    // A supervisor that ends gives up what waits for another try; that is no news.
    if (process.life.startForbidden) return;
    if (process.state === 'FATAL' && onFatal) void call('on_fatal', onFatal);
    if (process.state === 'EXITED' && onExit) void call('on_exit', onExit);
  });
}

/** Of one process: a hook that hangs must not fill the machine when the program keeps dying. */
const maxRunning = 5;

/** Reads the recipients from the message, and does not end at a line with a single dot. */
const sendmail = '/usr/sbin/sendmail -t -i';
const webHookTimeoutMs = hookEndLimitMs;

function tell(
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

/** Ends by itself before it would be given up. */
async function post(what: string, url: string, notice: Notice, { log }: DaemonContext): Promise<void> {
  try {
    const { status } = await probeHttp({ url, timeoutMs: webHookTimeoutMs, json: JSON.stringify(notice) });
    if (status >= 300) log.warn(`${what}: ${url} answered with status ${status}`);
  } catch (error) {
    log.warn(`${what}: ${url}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
