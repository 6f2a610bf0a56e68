// When a daemon will wake up though nothing happens, as the kernel has it: what its threads sleep in, and until when.
import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';

/** In how many seconds the first of its main thread and its worker will at the latest; 0 when one is awake. */
export function nextWakeUp(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`).map((thread) => `/proc/${pid}/task/${thread}`);
  const own = threads.filter((thread) =>
    /^(tsupervisor|Worker)$/m.test(readFileSync(`${thread}/comm`, 'utf8')),
  );
  return Math.min(...own.map(secondsAsleep));
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
