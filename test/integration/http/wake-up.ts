// When a daemon will wake up though nothing happens, as the kernel has it: what its threads sleep in, and until when.
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, readSync } from 'node:fs';

/** In how many seconds the first of its main thread and its workers will at the latest; 0 when one is awake. */
export function nextWakeUp(pid: number): number {
  return Math.min(...ownThreads(pid).map(secondsAsleep));
}

/** For messages: each thread with the system call it sleeps in and its open sockets. */
export function sleepOf(pid: number): string {
  const calls = ownThreads(pid).map((thread) => readFileSync(`${thread}/syscall`, 'utf8').trim());
  const descriptors = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
  return [...calls, ...descriptors.filter((target) => target.startsWith('socket:'))].join('; ');
}

function ownThreads(pid: number): string[] {
  const threads = readdirSync(`/proc/${pid}/task`).map((thread) => `/proc/${pid}/task/${thread}`);
  return threads.filter((thread) => /^(tsupervisor|Worker)$/m.test(readFileSync(`${thread}/comm`, 'utf8')));
}

/** proc(5): the number of the system call and its arguments, or `running`. */
function secondsAsleep(thread: string): number {
  const [call, ...words] = readFileSync(`${thread}/syscall`, 'utf8').split(' ');
  const timeout = BigInt(words[3] ?? 0);
  if (call === EPOLL_PWAIT2) return timeout === 0n ? forever : secondsAt(thread, timeout);
  if (call === EPOLL_WAIT || call === EPOLL_PWAIT) {
    const ms = Number(BigInt.asIntN(32, timeout));
    return ms < 0 ? forever : ms / 1000;
  }
  return 0;
}

/** Of the timespec there. */
function secondsAt(thread: string, address: bigint): number {
  const seconds = new BigInt64Array(1);
  const memory = openSync(`${thread}/mem`, 'r');
  readSync(memory, seconds, 0, 8, address);
  closeSync(memory);
  return Number(seconds[0]);
}

const forever = Number.POSITIVE_INFINITY;
const EPOLL_PWAIT2 = '441';
/** x86-64 has the older one, too. */
const [EPOLL_WAIT, EPOLL_PWAIT] = process.arch === 'x64' ? ['232', '281'] : [null, '22'];
