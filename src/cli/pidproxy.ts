// pidproxy: runs a command that daemonises itself, and forwards our signals to the pid in its pidfile. We may be root
// while the pidfile belongs to another user, so the pid is untrusted: only processes started by the command are
// signalled.
import { resolve } from 'node:path';
import { errnoName } from '../linux/errno.ts';
import { startOfFile } from '../linux/file-start.ts';
import { ProcessHandle } from '../linux/process-handle.ts';
import { adoptOrphans, isDescendant, reapOrphans } from '../linux/process-tree.ts';
import { signalNumber } from '../linux/signals.ts';
import { isSystemError } from '../linux/system-error.ts';
import { textOrEmpty } from '../linux/text-or-empty.ts';
import { resolveProgram } from '../supervisor/child/command.ts';
import { print, printError } from './output.ts';

const usage = `pidproxy -- run a command, and pass signals to the process that its pidfile names.

Usage: pidproxy <pidfile name> <command> [<cmdarg1> ...]`;

const passed = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGUSR1', 'SIGUSR2', 'SIGQUIT'] as const;
/** We exit after forwarding these. */
const ending: ReadonlySet<string> = new Set(['SIGTERM', 'SIGINT', 'SIGQUIT']);

/** Resolves to 0 when the command has exited or was told to, 1 for wrong usage, 127 if it cannot be run. */
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
    adoptOrphans();
    const program = resolveProgram(command, { searchPath: process.env.PATH, directory: null });
    const child = Bun.spawn([resolve(program), ...rest], {
      argv0: command,
      stdio: ['inherit', 'inherit', 'inherit'],
    });
    process.on('SIGCHLD', () => reapOrphans(child.pid));
    const status = await Promise.race([told, child.exited.then(() => 0)]);
    process.exit(status);
  } catch (error) {
    printError(`pidproxy: cannot run ${command}: ${error instanceof Error ? error.message : String(error)}`);
    return 127;
  }
}

/** Whether there was a pid to forward it to. */
function passTo(pidfile: string, signal: string): boolean {
  const pid = pidIn(pidfile);
  if (pid === null) {
    print(`Can't read child pidfile ${pidfile}!`);
    return false;
  }
  const handle = ProcessHandle.open(pid);
  // It has exited already.
  if (handle === null) return true;
  try {
    if (!isOurs(pid)) {
      print(`pidproxy: ${pid} in ${pidfile} was not started by the command, ${signal} is not sent to it`);
      return false;
    }
    const failure = handle.signal(signalNumber(signal) ?? 0);
    if (failure !== null) print(`pidproxy: cannot send ${signal} to ${pid}: ${errnoName(failure)}`);
    return true;
  } finally {
    handle.close();
  }
}

/** A valid pid; 1 is init, and kill(2) treats lower numbers as process groups. */
function pidIn(pidfile: string): number | null {
  const text = startOf(pidfile).trim();
  const pid = /^\d{1,10}$/.test(text) ? Number(text) : 0;
  return pid > 1 && pid <= highestPid() ? pid : null;
}

/** Its owner could put a FIFO or an endless device in its place. Empty if it cannot be read. */
function startOf(pidfile: string): string {
  try {
    return startOfFile(pidfile, maxPidfileBytes);
  } catch (error) {
    if (isSystemError(error)) return '';
    throw error;
  }
}

/** A longer one is cut, which makes it no pid. */
const maxPidfileBytes = 64;

function highestPid(): number {
  return Number(textOrEmpty('/proc/sys/kernel/pid_max')) || pidMaxLimit;
}

/** On 64-bit kernels. */
const pidMaxLimit = 2 ** 22;

/** A process of an earlier run is not a descendant, but still in our cgroup if the cgroup is the program's alone. */
function isOurs(pid: number): boolean {
  if (isDescendant(pid, process.pid)) return true;
  const cgroup = cgroupsOf(process.pid);
  return cgroup !== '' && cgroupsOf(pid) === cgroup && cgroupsOf(process.ppid) !== cgroup;
}

function cgroupsOf(pid: number): string {
  return textOrEmpty(`/proc/${pid}/cgroup`);
}
