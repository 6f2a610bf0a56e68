// epoll(7), level-triggered, keyed by file descriptor.
import { checked, E } from './errno.ts';
import { errno, libc, ptr } from './libc.ts';

export const EPOLLIN = 0x001;
export const EPOLLOUT = 0x004;
export const EPOLLONESHOT = 1 << 30;

const EPOLL_CLOEXEC = 0o2000000;
const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_DEL = 2;
const EPOLL_CTL_MOD = 3;
/** struct epoll_event is packed on x86-64 only. */
const eventSize = process.arch === 'x64' ? 12 : 16;
const dataOffset = process.arch === 'x64' ? 4 : 8;
/** Events per epoll_wait(2). */
export const maxEvents = 256;

export class Epoll {
  readonly fd = checked(libc.epoll_create1(EPOLL_CLOEXEC), 'epoll_create1');
  readonly #one = new DataView(new ArrayBuffer(eventSize));
  readonly #onePointer = ptr(this.#one.buffer);
  readonly #ready = new DataView(new ArrayBuffer(eventSize * maxEvents));
  readonly #readyPointer = ptr(this.#ready.buffer);

  /** Returns 0 or the errno: EPERM for a regular file, which is always ready, EBADF, ENOSPC. */
  add(fd: number, events: number): number {
    return this.#control(EPOLL_CTL_ADD, fd, events);
  }

  modify(fd: number, events: number): number {
    return this.#control(EPOLL_CTL_MOD, fd, events);
  }

  remove(fd: number): number {
    return this.#control(EPOLL_CTL_DEL, fd, 0);
  }

  /** Returns the number of ready descriptors; waits at most `timeoutMs`, without limit for -1. */
  wait(timeoutMs: number): number {
    const count = libc.epoll_wait(this.fd, this.#readyPointer, maxEvents, timeoutMs);
    if (count >= 0 || errno() === E.EINTR) return Math.max(0, count);
    return checked(count, 'epoll_wait');
  }

  /**
   * Busy-polls until `until` on the clock of performance.now(): it sees readiness within 1 µs, while waking a sleeping
   * thread from another CPU takes 20 µs.
   */
  spin(until: number): number {
    let count = 0;
    do count = this.wait(0);
    while (count === 0 && performance.now() < until);
    return count;
  }

  /** The ready descriptor at `index` of the last wait. */
  readyAt(index: number): number {
    return this.#ready.getInt32(index * eventSize + dataOffset, true);
  }

  #control(operation: number, fd: number, events: number): number {
    this.#one.setUint32(0, events, true);
    this.#one.setInt32(dataOffset, fd, true);
    return libc.epoll_ctl(this.fd, operation, fd, this.#onePointer) < 0 ? errno() : 0;
  }
}
