// System calls as a new process takes them, in memory that it shares with us, or has a copy of. Who writes them here
// does not know what they are for.
import { libc, ptr } from './libc.ts';
import type { MappedMemory } from './mapped-memory.ts';

/** One call; the number is that of this architecture. What addresses point at is in the child's memory (child-memory.ts). */
export interface SystemCall {
  readonly number: number;
  readonly args: readonly number[];
}

/** The call that failed, by its place in the list, and its error number. */
export interface Failure {
  readonly index: number;
  readonly errno: number;
}

/** Number of the call, four arguments, its place. When it fails, its negated error number comes first instead. */
const ARGUMENTS = 4;
/** Of 64 bits, in an entry. */
export const entryWords = 1 + ARGUMENTS + 1;
/** Words as pairs, the lower half first, which costs less than BigInts. */
const HALVES = entryWords * 2;
/** Before the entries: what the kernel clears. */
const LENT = 2;
const HALF_BYTES = Uint32Array.BYTES_PER_ELEMENT;

export class CallList {
  /** Of the first entry. */
  readonly address: number;
  /** Of what is not zero while a process has our memory (clone(2), CLONE_CHILD_CLEARTID). */
  readonly lentAddress: number;
  readonly #lent: Int32Array;
  readonly #words: Uint32Array;
  /** What stands there: most of a list is what the last one was, and is not written again. */
  #calls: SystemCall[] = [];
  #length = 0;

  /** All of `memory`, which is aligned for any type. */
  constructor({ bytes, address }: MappedMemory) {
    const { buffer, byteOffset } = bytes;
    this.#lent = new Int32Array(buffer, byteOffset, 1);
    this.#words = new Uint32Array(buffer, byteOffset + LENT * HALF_BYTES, bytes.length / HALF_BYTES - LENT);
    this.lentAddress = address;
    this.address = address + LENT * HALF_BYTES;
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

  /** Before a process gets our memory. */
  lend(): void {
    this.#lent[0] = 1;
  }

  /** When there is no such process after all. */
  takeBack(): void {
    this.#lent[0] = 0;
  }

  /** A process has our memory, and may still read the list. */
  get isLent(): boolean {
    return this.#lent[0] !== 0;
  }

  /** Waits until the process has left our memory (futex(2)), or `deadline`, on the clock of performance.now(). */
  awaitReturn(deadline: number): void {
    for (let left = 1; this.isLent && left > 0; left = deadline - performance.now()) {
      timeout[0] = BigInt(Math.floor(left / 1000));
      timeout[1] = BigInt(Math.floor((left % 1000) * 1_000_000));
      // Whatever it says, an interruption too: what counts is the word, and the time.
      libc.syscall(futex, BigInt(this.lentAddress), FUTEX_WAIT, 1n, BigInt(ptr(timeout)));
    }
  }

  /** Null when all have been made. */
  failure(): Failure | null {
    const words = this.#words;
    for (let index = 0; index < this.#length; index += 1) {
      const start = index * HALVES;
      if (words[start + 1] === 0) continue;
      // That entry is no call any more.
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
  for (let place = 0; place < ARGUMENTS; place += 1) {
    const value = args[place] ?? 0;
    words[start + 2 + place * 2] = value;
    words[start + 3 + place * 2] = value / 2 ** 32;
  }
  words[start + HALVES - 2] = index;
}

const futex = process.arch === 'arm64' ? 98n : 202n;
const FUTEX_WAIT = 0n;
/** `struct timespec`, relative. */
const timeout = new BigInt64Array(2);
