// Waiting for many pipes without waking up for every line: what is written in small pieces may gather for a few
// milliseconds, a flood is read as it comes, and what must be prompt is. Knows nothing of what the pipes carry.
import { EPOLLIN, EPOLLONESHOT, EPOLLOUT, Epoll, maxEvents } from '../../linux/epoll.ts';
import { pause } from '../../linux/pause.ts';
import { enlargePipe, pipeCapacity } from '../../linux/pipe.ts';

/** How long small writes may gather before they are read. */
const patienceMs = 5;
/** A read that leaves less than half a pipe's room was nearly too late: that pipe is busy, and read at once. */
const busyBytes = 32 * 1024;
/** A busy pipe that brings less than this within the time of patience is calm again. */
const calmBytes = 16 * 1024;

/** Room for a busy pipe: fewer switches between its writer and us. A quarter more throughput than with 64 KiB. */
const busyPipeBytes = 256 * 1024;
/** A read of such a pipe that brings less came too soon. Never more than what one read can bring. */
const enoughBytes = busyPipeBytes / 3;

/**
 * How long it may fill when it was read too soon: its writer, which needs four times as long for all of it, is not
 * disturbed for every few lines. A quarter more throughput for less work. Not without that room, which the kernel may
 * refuse to unprivileged users: such a pipe would be full long before, and its writer stand still.
 */
const pauseMicroseconds = 50;

interface Pace {
  busy: boolean;
  /** Whether it has the room of a busy pipe. */
  roomy: boolean;
  /** Since when, on the clock of performance.now(), and how many bytes have come since. */
  since: number;
  bytes: number;
}

export class AdaptivePoller {
  /** Wakes us at once. */
  readonly #prompt = new Epoll();
  /** The calm pipes. It is watched by #prompt itself, except while we are patient. */
  readonly #calm = new Epoll();
  readonly #paces = new Map<number, Pace>();
  /** Until when we are patient; null when the first byte of a calm pipe wakes us. */
  #patientUntil: number | null = null;
  /** Until when we look out for what is about to come, instead of sleeping. */
  #lookOutUntil = 0;
  /** A busy pipe was read too soon. */
  #hurried = false;
  #ready: number[] = [];

  constructor() {
    this.#prompt.add(this.#calm.fd, EPOLLIN);
  }

  /** Each of these: 0, or the error number. */
  watchPromptly(fd: number): number {
    return this.#prompt.add(fd, EPOLLIN);
  }

  watchPatiently(fd: number): number {
    const failure = this.#calm.add(fd, EPOLLIN);
    if (failure === 0) this.#paces.set(fd, { busy: false, roomy: false, since: 0, bytes: 0 });
    return failure;
  }

  /** Tells once when `fd` can be written. */
  watchWritableOnce(fd: number): number {
    const events = EPOLLOUT | EPOLLONESHOT;
    return this.#prompt.modify(fd, events) && this.#prompt.add(fd, events);
  }

  /** Something prompt is expected before `until`, too soon for it to be worth sleeping. */
  expect(until: number): void {
    this.#lookOutUntil = Math.max(this.#lookOutUntil, until);
  }

  /** Must precede close(fd), or follow it at once. */
  unwatch(fd: number): void {
    const pace = this.#paces.get(fd);
    (pace && !pace.busy ? this.#calm : this.#prompt).remove(fd);
    this.#paces.delete(fd);
  }

  /** The descriptors that are ready, perhaps none; waits until `deadline` at most, or for ever without one. */
  wait(deadline: number | null): readonly number[] {
    this.#ready = [];
    const count = this.#waitForSome(earlier(deadline, this.#patientUntil));
    let calmIsReady = false;
    for (let index = 0; index < count; index += 1) {
      const fd = this.#prompt.readyAt(index);
      if (fd === this.#calm.fd) calmIsReady = true;
      else this.#ready.push(fd);
    }
    if (this.#patientUntil === null ? calmIsReady : performance.now() >= this.#patientUntil) this.#askCalm();
    return this.#ready;
  }

  /** How much a read of a pipe that is watched patiently brought: its pace follows. */
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
    if (pace.roomy && bytes < enoughBytes) this.#hurried = true;
    pace.bytes += bytes;
    const now = performance.now();
    if (now - pace.since < patienceMs) return;
    if (pace.bytes < calmBytes) this.#setPace(fd, pace, false, now);
    pace.since = now;
    pace.bytes = 0;
  }

  #waitForSome(deadline: number | null): number {
    const hurried = this.#hurried;
    this.#hurried = false;
    // Other pipes may be ready before what we look out for comes: until then it is not to wait for one of them to fill.
    if (this.#lookOutUntil > performance.now()) {
      const count = this.#prompt.lookOut(this.#lookOutUntil);
      if (count > 0) return count;
    } else if (hurried) pause(pauseMicroseconds);
    return this.#prompt.wait(timeoutUntil(deadline));
  }

  /** If little has come, more may be on its way: let it gather. If nothing has, sleep until something does. */
  #askCalm(): void {
    const count = this.#calm.wait(0);
    for (let index = 0; index < count; index += 1) this.#ready.push(this.#calm.readyAt(index));
    const wasPatient = this.#patientUntil !== null;
    // A full list: there may be more, and they have waited already.
    const patienceLeftMs = count === maxEvents ? 0 : patienceMs;
    this.#patientUntil = count > 0 ? performance.now() + patienceLeftMs : null;
    if (wasPatient !== count > 0) this.#prompt.modify(this.#calm.fd, count > 0 ? 0 : EPOLLIN);
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

/** In whole milliseconds, as epoll_wait takes them; -1 for ever. */
function timeoutUntil(deadline: number | null): number {
  return deadline === null ? -1 : Math.max(0, Math.ceil(deadline - performance.now()));
}
