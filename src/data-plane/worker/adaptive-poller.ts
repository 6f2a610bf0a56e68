// Adaptive polling of many pipes: small writes are coalesced for a few milliseconds instead of waking the worker for
// every line, busy pipes are read at once, prompt ones always. Knows nothing of what the pipes carry.
import { EPOLLIN, EPOLLONESHOT, EPOLLOUT, Epoll, maxEvents } from '../../linux/epoll.ts';
import { closeFile } from '../../linux/file.ts';
import { pause } from '../../linux/pause.ts';
import { enlargePipe, pipeCapacity } from '../../linux/pipe.ts';

/** How long small writes are coalesced before they are read. */
const coalesceMs = 5;
/** High watermark: a pipe with this much, half its capacity, in one read becomes busy and is read at once. */
const busyBytes = 32 * 1024;
/** Low watermark: a busy pipe with less than this in coalesceMs becomes calm again. */
const calmBytes = 16 * 1024;

/** Capacity of a busy pipe: fewer context switches, and 25 % more throughput than with 64 KiB. */
const busyPipeBytes = 256 * 1024;
/** A read of such a pipe with less than this was too early. Must not exceed the size of one read. */
const enoughBytes = busyPipeBytes / 3;

/**
 * Pause after an early read, so that the writer, which takes four times as long to fill the pipe, is not interrupted every
 * few lines: 25 % more throughput with less work. Only with the larger capacity, which the kernel may refuse to
 * unprivileged users: a smaller pipe would fill up in the pause and block its writer.
 */
const pauseMicroseconds = 50;

interface Pace {
  busy: boolean;
  /** Whether it has the capacity of a busy pipe. */
  roomy: boolean;
  /** Start of the measurement on the clock of performance.now(), and the bytes read since. */
  since: number;
  bytes: number;
}

export class AdaptivePoller {
  /** Wakes the worker at once. */
  readonly #prompt = new Epoll();
  /** The calm pipes. Its descriptor is in #prompt itself, except while small writes are coalesced. */
  readonly #calm = new Epoll();
  readonly #paces = new Map<number, Pace>();
  /** The end of coalescing; null when the first byte of a calm pipe wakes the worker. */
  #coalesceUntil: number | null = null;
  /** Until when to busy-poll instead of sleeping. */
  #spinUntil = 0;
  /** A busy pipe was read too early. */
  #readTooEarly = false;
  #ready: number[] = [];

  constructor() {
    this.#prompt.add(this.#calm.fd, EPOLLIN);
  }

  close(): void {
    closeFile(this.#prompt.fd);
    closeFile(this.#calm.fd);
  }

  /** Watches for reading, waking at once. All `watch` methods return 0 or the errno. */
  watchPromptly(fd: number): number {
    return this.#prompt.add(fd, EPOLLIN);
  }

  watchCoalesced(fd: number): number {
    const failure = this.#calm.add(fd, EPOLLIN);
    if (failure === 0) this.#paces.set(fd, { busy: false, roomy: false, since: 0, bytes: 0 });
    return failure;
  }

  /** Watches for writability, one-shot. */
  watchWritableOnce(fd: number): number {
    return this.#watchOnce(fd, EPOLLOUT);
  }

  /** Watches for reading, one-shot; the caller reads. */
  watchReadableOnce(fd: number): number {
    return this.#watchOnce(fd, EPOLLIN);
  }

  /** Busy-polls until `until`, because a prompt descriptor is expected to be ready too soon for a sleep to pay off. */
  expect(until: number): void {
    this.#spinUntil = Math.max(this.#spinUntil, until);
  }

  /** Call it right before or right after close(fd). */
  unwatch(fd: number): void {
    const pace = this.#paces.get(fd);
    (pace && !pace.busy ? this.#calm : this.#prompt).remove(fd);
    this.#paces.delete(fd);
  }

  /** The ready descriptors, possibly none; waits until `deadline`, without limit for null. */
  wait(deadline: number | null): readonly number[] {
    this.#ready = [];
    const count = this.#waitForSome(earlier(deadline, this.#coalesceUntil));
    let calmIsReady = false;
    for (let index = 0; index < count; index += 1) {
      const fd = this.#prompt.readyAt(index);
      if (fd === this.#calm.fd) calmIsReady = true;
      else this.#ready.push(fd);
    }
    if (this.#coalesceUntil === null ? calmIsReady : performance.now() >= this.#coalesceUntil)
      this.#pollCalm();
    return this.#ready;
  }

  /** Adapts the pace of a coalesced pipe to the size of a read. */
  wasRead(fd: number, bytes: number): void {
    const pace = this.#paces.get(fd);
    if (!pace) return;
    if (!pace.busy) {
      if (bytes >= busyBytes) {
        enlargePipe(fd, busyPipeBytes);
        pace.roomy = pipeCapacity(fd) >= busyPipeBytes;
        this.#setPace(fd, pace, true, performance.now());
      }
      return;
    }
    if (pace.roomy && bytes < enoughBytes) this.#readTooEarly = true;
    pace.bytes += bytes;
    const now = performance.now();
    if (now - pace.since < coalesceMs) return;
    if (pace.bytes < calmBytes) this.#setPace(fd, pace, false, now);
    pace.since = now;
    pace.bytes = 0;
  }

  #watchOnce(fd: number, event: number): number {
    const events = event | EPOLLONESHOT;
    return this.#prompt.modify(fd, events) && this.#prompt.add(fd, events);
  }

  #waitForSome(deadline: number | null): number {
    const pauseFirst = this.#readTooEarly;
    this.#readTooEarly = false;
    // No pause while busy-polling: other pipes that are ready meanwhile must not delay the expected one.
    if (this.#spinUntil > performance.now()) {
      const count = this.#prompt.spin(this.#spinUntil);
      if (count > 0) return count;
    } else if (pauseFirst) pause(pauseMicroseconds);
    return this.#prompt.wait(timeoutUntil(deadline));
  }

  /** When calm pipes are ready, coalesce what follows; when none is, sleep until one is. */
  #pollCalm(): void {
    const count = this.#calm.wait(0);
    for (let index = 0; index < count; index += 1) this.#ready.push(this.#calm.readyAt(index));
    const wasCoalescing = this.#coalesceUntil !== null;
    // A full list: more pipes may be ready, and they have waited already.
    const waitMs = count === maxEvents ? 0 : coalesceMs;
    this.#coalesceUntil = count > 0 ? performance.now() + waitMs : null;
    if (wasCoalescing !== count > 0) this.#prompt.modify(this.#calm.fd, count > 0 ? 0 : EPOLLIN);
  }

  #setPace(fd: number, pace: Pace, busy: boolean, now: number): void {
    const [from, to] = busy ? [this.#calm, this.#prompt] : [this.#prompt, this.#calm];
    if (to.add(fd, EPOLLIN) !== 0) return;
    from.remove(fd);
    pace.busy = busy;
    pace.since = now;
    pace.bytes = 0;
  }
}

function earlier(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}

/** Whole milliseconds for epoll_wait(2); -1 waits without limit. */
function timeoutUntil(deadline: number | null): number {
  return deadline === null ? -1 : Math.max(0, Math.ceil(deadline - performance.now()));
}
