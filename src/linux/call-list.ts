// The encoded system calls of a child, in memory that it shares with the daemon or has a copy of. Knows nothing of what
// the calls are for.
import { libc, ptr } from './libc.ts';
import type { MappedMemory } from './mapped-memory.ts';

/** One call, numbered for this architecture. Addresses point into the child's arena (spawn-arena.ts). */
export interface SystemCall {
  readonly number: number;
  readonly args: readonly number[];
}

/** The index of the failed call in the list, and its errno. */
export interface Failure {
  readonly index: number;
  readonly errno: number;
}

/** An entry: number, four arguments, index. On failure the negated errno replaces the number. */
const ARGUMENTS = 4;
/** 64-bit words of an entry. */
export const entryWords = 1 + ARGUMENTS + 1;
/** 32-bit halves, little-endian: cheaper than BigInts. */
const HALVES = entryWords * 2;
/** Before the entries: the word that the kernel clears. */
const SHARED = 2;
const HALF_BYTES = Uint32Array.BYTES_PER_ELEMENT;

export class CallList {
  /** Address of the first entry. */
  readonly address: number;
  /** Address of a word that is non-zero while a child shares the memory (clone(2), CLONE_CHILD_CLEARTID). */
  readonly sharedAddress: number;
  readonly #shared: Int32Array;
  readonly #words: Uint32Array;
  /** The encoded calls: most of a list equals the previous one and is not written again. */
  #calls: SystemCall[] = [];
  #length = 0;

  /** Uses all of `memory`, which must be aligned for any type. */
  constructor({ bytes, address }: MappedMemory) {
    const { buffer, byteOffset } = bytes;
    this.#shared = new Int32Array(buffer, byteOffset, 1);
    this.#words = new Uint32Array(
      buffer,
      byteOffset + SHARED * HALF_BYTES,
      bytes.length / HALF_BYTES - SHARED,
    );
    this.sharedAddress = address;
    this.address = address + SHARED * HALF_BYTES;
  }

  write(calls: readonly SystemCall[]): void {
    if (calls.length * HALVES > this.#words.length)
      throw new RangeError(`${calls.length} system calls are too many`);
    for (let index = 0; index < calls.length; index += 1) {
      const call = calls[index];
      if (call === undefined || call === this.#calls[index]) continue;
      encode(call, this.#words, index);
      this.#calls[index] = call;
    }
    this.#length = calls.length;
  }

  /** Call it before the clone of a child that shares the memory. */
  markShared(): void {
    this.#shared[0] = 1;
  }

  /** Call it when that clone failed. */
  clearShared(): void {
    this.#shared[0] = 0;
  }

  /** A child shares the memory and may still read the list. */
  get isShared(): boolean {
    return this.#shared[0] !== 0;
  }

  /**
   * Waits until the child no longer shares the memory (futex(2)), or until `deadline` on the clock of
   * performance.now().
   */
  awaitUnshared(deadline: number): void {
    for (let left = 1; this.isShared && left > 0; left = deadline - performance.now()) {
      timeout[0] = BigInt(Math.floor(left / 1000));
      timeout[1] = BigInt(Math.floor((left % 1000) * 1_000_000));
      // The result does not matter, EINTR and EAGAIN included: the loop reads the word and the clock.
      libc.syscall(futex, BigInt(this.sharedAddress), FUTEX_WAIT, 1n, BigInt(ptr(timeout)));
    }
  }

  /** Null when every call succeeded. */
  failure(): Failure | null {
    const words = this.#words;
    for (let index = 0; index < this.#length; index += 1) {
      const start = index * HALVES;
      if (words[start + 1] === 0) continue;
      // The errno has overwritten the entry, so the next list must be written in full.
      this.#calls.length = 0;
      return { index, errno: -((words[start] ?? 0) | 0) };
    }
    return null;
  }
}

function encode({ number, args }: SystemCall, words: Uint32Array, index: number): void {
  const start = index * HALVES;
  words[start] = number;
  words[start + 1] = 0;
  for (let argument = 0; argument < ARGUMENTS; argument += 1) {
    const value = args[argument] ?? 0;
    words[start + 2 + argument * 2] = value;
    words[start + 3 + argument * 2] = value / 2 ** 32;
  }
  words[start + HALVES - 2] = index;
}

const futex = process.arch === 'arm64' ? 98n : 202n;
const FUTEX_WAIT = 0n;
/** `struct timespec`, relative. */
const timeout = new BigInt64Array(2);
