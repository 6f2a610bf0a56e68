// pidproxy: runs a command that puts itself into the background, and passes our signals to the pid of its pidfile.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { libc } from '../linux/libc.ts';
import { signalNumber } from '../linux/signals.ts';
import { print, printError } from './output.ts';

const usage = `pidproxy: run a command, and pass signals to the process that its pidfile names.

Usage: pidproxy <pidfile name> <command> [<cmdarg1> ...]`;

const passed = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGUSR1', 'SIGUSR2', 'SIGQUIT'] as const;
/** After these we end at once: the process was told to. */
const ending: ReadonlySet<string> = new Set(['SIGTERM', 'SIGINT', 'SIGQUIT']);

/** Resolves to 0 when the command has ended or was told to end, 1 for wrong usage, 127 when it cannot be run. */
export async function run(args: readonly string[]): Promise<number> {
  const [pidfile, command, ...rest] = args;
  if (pidfile === undefined || command === undefined) {
    print(usage);
    return 1;
  }
  const { promise: told, resolve: tell } = Promise.withResolvers<number>();
  for (const signal of passed) {
    process.on(signal, () => {
      if (passTo(pidfile, signal) && ending.has(signal)) tell(0);
    });
  }
  try {
    // Relative to the working directory, never looked for in PATH, as it always was.
    const child = Bun.spawn([resolve(command), ...rest], {
      argv0: command,
      stdio: ['inherit', 'inherit', 'inherit'],
    });
    const status = await Promise.race([told, child.exited.then(() => 0)]);
    process.exit(status);
  } catch (error) {
    printError(`pidproxy: cannot run ${command}: ${error instanceof Error ? error.message : String(error)}`);
    return 127;
  }
}

/** Whether there was a pid to pass it to. */
function passTo(pidfile: string, signal: string): boolean {
  const pid = pidIn(pidfile);
  if (pid === null) {
    print(`Can't read child pidfile ${pidfile}!`);
    return false;
  }
  libc.kill(pid, signalNumber(signal) ?? 0);
  return true;
}

/** Only a number above 1: 0 and below are process groups, 1 is nobody's child. */
function pidIn(pidfile: string): number | null {
  try {
    const text = readFileSync(pidfile, 'utf8').trim();
    return /^\d{1,10}$/.test(text) && Number(text) > 1 ? Number(text) : null;
  } catch {
    return null;
  }
}
