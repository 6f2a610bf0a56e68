// The notify sockets of all programs: where they are, and when they are read. A bounded share of the main thread is
// spent on them, however much programs send; a program that sends more waits, or loses what it sends without waiting.
import { chmodSync, renameSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { DataPlane } from '../../data-plane/main/data-plane.ts';
import { TimeSlice } from '../../event-loop/time-slice.ts';
import { currentUid } from '../../linux/credentials.ts';
import { closePassed } from '../../linux/descriptors.ts';
import { E, SyscallError } from '../../linux/errno.ts';
import { LockedDirectory } from '../../linux/locked-directory.ts';
import { isSystemError } from '../../linux/system-error.ts';
import { MAX_ADDRESS_BYTES } from '../../linux/unix-datagram.ts';
import { UnixDatagramReceiver } from '../../linux/unix-datagram-receiver.ts';
import type { Clock } from '../clock.ts';
import { type NotifyLog, type NotifyOwner, NotifySocket } from './notify-socket.ts';

/** In each window of `windowMs`, messages are read for at most `busyMs`, half as long while something is made up for. */
const windowMs = 20;
const busyMs = 2;
/** Messages of one socket before it is another's turn. */
const turnLength = 16;
/** The rest is forgiven: other programs want to be read, too. */
const maxDebtMs = 100;
/** While more passed descriptors than this are being closed, nothing is read. */
const maxClosing = 512;

export class NotifySockets {
  #directory: LockedDirectory | null = null;
  /** Those with messages that have not been read, in turn. */
  readonly #readable = new Set<NotifySocket>();
  #closing = 0;
  #windowEnd = 0;
  #busyMs = 0;
  /** For how long messages were read outside the share and not made up for yet. */
  #debtMs = 0;
  #cancelPause: (() => void) | null = null;

  constructor(
    private readonly dataPlane: DataPlane,
    private readonly clock: Clock,
    private readonly log: NotifyLog,
  ) {}

  /** Opens a socket at an address that only its program is told. Throws SyscallError. */
  open(owner: NotifyOwner): NotifySocket {
    const { path } = this.#ownDirectory();
    const boundPath = join(path, 'new');
    // Renamed, because /proc/net/unix shows everyone the path that a socket was bound to.
    const address = join(path, randomName());
    const receiver = new UnixDatagramReceiver(boundPath);
    try {
      chmodSync(boundPath, 0o666);
      renameSync(boundPath, address);
    } catch (error) {
      receiver.close();
      throw error;
    }
    const discard = (descriptors: readonly number[]) => this.#discard(descriptors);
    const onClose = (socket: NotifySocket) => this.#forget(socket);
    const socket = new NotifySocket(address, receiver, owner, this.log, discard, onClose);
    this.#watch(socket);
    return socket;
  }

  /** Reads what waits in one socket now, outside the share, which is halved later to make up for it. */
  readAll(socket: NotifySocket): void {
    this.#beginWindow(this.clock.now());
    const slice = new TimeSlice();
    socket.readAll();
    this.#debtMs = Math.min(this.#debtMs + slice.busyMs, maxDebtMs);
  }

  /** Removes the directory; call it when all sockets are closed. */
  close(): void {
    this.#cancelPause?.();
    this.#directory?.remove();
    this.#directory = null;
  }

  #ownDirectory(): LockedDirectory {
    if (this.#directory !== null) return this.#directory;
    this.#directory = newDirectory();
    void LockedDirectory.removeAbandoned(dirname(this.#directory.path), prefix, directoryMode);
    return this.#directory;
  }

  #watch(socket: NotifySocket): void {
    this.dataPlane.whenReadable(socket.fd, () => {
      this.#readable.add(socket);
      if (this.#cancelPause === null) this.#read();
    });
  }

  #forget(socket: NotifySocket): void {
    this.#readable.delete(socket);
    this.dataPlane.forgetReadable(socket.fd);
  }

  #read(): void {
    const now = this.clock.now();
    this.#beginWindow(now);
    const slice = new TimeSlice((this.#debtMs > 0 ? busyMs / 2 : busyMs) - this.#busyMs);
    for (let [socket] = this.#readable; socket && !this.#isHeld(slice); [socket] = this.#readable) {
      this.#readable.delete(socket);
      if (socket.read(turnLength) === turnLength && socket.isOpen) this.#readable.add(socket);
      else if (socket.isOpen) this.#watch(socket);
    }
    this.#busyMs += slice.busyMs;
    if (this.#readable.size > 0) this.#pause(Math.max(1, this.#windowEnd - now));
  }

  /** If the last one is over. */
  #beginWindow(now: number): void {
    if (now < this.#windowEnd) return;
    const windows = 1 + Math.floor((now - this.#windowEnd) / windowMs);
    this.#busyMs = 0;
    this.#debtMs = Math.max(0, this.#debtMs - (windows * busyMs) / 2);
    this.#windowEnd = now + windowMs;
  }

  #isHeld(slice: TimeSlice): boolean {
    return slice.isOver || this.#closing > maxClosing;
  }

  #pause(ms: number): void {
    this.#cancelPause = this.clock.after(ms, () => {
      this.#cancelPause = null;
      this.#read();
    });
  }

  #discard(descriptors: readonly number[]): void {
    for (const fd of descriptors) {
      const outcome = closePassed(fd, () => {
        this.#closing -= 1;
      });
      if (outcome === 'pending') this.#closing += 1;
    }
  }
}

/**
 * Below a directory whose entries no other user can replace. Other users can reach a socket in it, but not list them.
 * Throws the error of the system for the first place that did not do.
 */
function newDirectory(): LockedDirectory {
  const errors: Error[] = [];
  for (const parent of parents()) {
    try {
      if (!hasRoom(parent)) throw new SyscallError('bind', E.ENAMETOOLONG, parent);
      const { mode } = statSync(parent);
      if ((mode & WRITABLE_BY_OTHERS) !== 0 && (mode & STICKY) === 0) continue;
      return LockedDirectory.create(parent, prefix, directoryMode);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      errors.push(error);
    }
  }
  throw errors[0] ?? new SyscallError('mkdir', E.EACCES, tmpdir());
}

const WRITABLE_BY_OTHERS = 0o022;
const STICKY = 0o1000;

const prefix = 'tsupervisor-';
const directoryMode = 0o711;

/** Whether the path of a socket in a new directory there fits into an address. */
function hasRoom(parent: string): boolean {
  const path = join(parent, `${prefix}XXXXXX`, randomName());
  return Buffer.byteLength(path) < MAX_ADDRESS_BYTES;
}

/** `/tmp` also if TMPDIR names another directory: that may be too long, or missing. */
function parents(): string[] {
  const ownRuntime = process.env['XDG_RUNTIME_DIR'];
  const temporary = [tmpdir(), '/tmp'];
  if (currentUid() === 0) return ['/run', ...temporary];
  return ownRuntime ? [ownRuntime, ...temporary] : temporary;
}

/** 128 bits, which cannot be guessed. */
function randomName(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64url');
}
