// The memory a child uses until execve(2), and nearly all that a forked child gets: fork(2) copies the page tables of
// everything else and every page written afterwards, which took most of the time of a spawn.
import { readFileSync } from 'node:fs';
import { E, SyscallError } from './errno.ts';
import { libc } from './libc.ts';
import { type MappedMemory, mapMemory, mappedAt } from './mapped-memory.ts';

const POINTER = 8;
const WORD = Uint32Array.BYTES_PER_ELEMENT;
/** Most bytes of a UTF-16 unit in UTF-8. */
const MAX_BYTES = 3;
/** At least the size of `struct sigaction`. */
const ZEROS = 64;
/** Per child: more than the limit of execve(2) on arguments and environment. */
const PART = 8 * 1024 * 1024;
/** Enough for nearly all children. */
const USUAL = 128 * 1024;
/** The start of a part, for the list of system calls. */
const LIST = 8192;
/** The mappings are read again after this many forks, to exclude newly mapped memory. */
const FORKS_PER_SCAN = 100;

/** Spawns that can be pending at the same time. */
export const maxPendingSpawns = 8;
/** One per pending spawn, and one for a forked child. */
const PARTS = maxPendingSpawns + 1;
const SIZE = ZEROS + PARTS * PART;

let region: number | null = null;
let forks = 0;

/** The address of bytes that are always zero. */
export function zeros(): number {
  region ??= mapRegion();
  return region;
}

/** Sparsely used: with transparent huge pages it would take 30 MB. */
function mapRegion(): number {
  const address = mapMemory(SIZE);
  libc.madvise(BigInt(address), BigInt(SIZE), MADV_NOHUGEPAGE);
  return address;
}

const MADV_NOHUGEPAGE = 15;

/** The memory of one child; reused after its execve(2). */
export class SpawnArena {
  /** Fixed memory, aligned for any type; still has the list of the previous child. */
  readonly list: MappedMemory;
  readonly #address: number;
  #bytes: Buffer = Buffer.alloc(0);
  #words: Uint32Array = new Uint32Array(0);
  #used = LIST;

  /** `part`: from 0 to `maxPendingSpawns`. Throws SyscallError. */
  constructor(part: number) {
    this.#address = zeros() + ZEROS + part * PART;
    this.list = mappedAt(this.#address, LIST);
    this.#map(USUAL);
  }

  /** Frees everything but the list. */
  clear(): void {
    this.#used = LIST;
  }

  /** Returns the address of a copy, aligned for any type. Throws SyscallError E2BIG when the arena is full. */
  store(data: Uint8Array | Uint32Array): number {
    const start = this.#allocate(data.byteLength);
    this.#bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start);
    return this.#address + start;
  }

  /** Returns the address of a NUL-terminated copy. Throws like `store`. */
  storeString(string: string): number {
    const start = this.#allocate(string.length * MAX_BYTES + 1);
    const end = start + this.#bytes.write(string, start);
    this.#bytes[end] = 0;
    this.#used = end + 1;
    return this.#address + start;
  }

  /** Returns the address of a NULL-terminated `char *[]`. Throws like `store`. */
  storeStrings(strings: readonly string[]): number {
    const start = this.#allocate((strings.length + 1) * POINTER);
    let word = start / WORD;
    for (const string of strings) {
      const address = this.storeString(string);
      // Two 32-bit halves, little-endian: cheaper than a BigInt.
      this.#words[word++] = address;
      this.#words[word++] = address / 2 ** 32;
    }
    this.#words.fill(0, word, word + POINTER / WORD);
    return this.#address + start;
  }

  /** Returns the offset of `length` free bytes. */
  #allocate(length: number): number {
    const start = Math.ceil(this.#used / POINTER) * POINTER;
    if (start + length > PART) throw new SyscallError('execve', E.E2BIG);
    if (start + length > this.#bytes.length) this.#map(PART);
    this.#used = start + length;
    return start;
  }

  #map(length: number): void {
    const { bytes } = mappedAt(this.#address, length);
    this.#bytes = Buffer.from(bytes.buffer);
    this.#words = new Uint32Array(bytes.buffer);
  }
}

/** Before a fork: excludes all memory that children do not need (madvise(2), MADV_DONTFORK). */
export function excludeMemoryFromForks(): void {
  if (forks++ % FORKS_PER_SCAN !== 0) return;
  for (const [start, end] of ownMappings()) libc.madvise(start, end - start, MADV_DONTFORK);
}

const MADV_DONTFORK = 10;

/** The kernel writes to the thread's rseq(2) area in every process, so a child needs it. */
function isNeeded(start: bigint, end: bigint): boolean {
  const thread = libc.pthread_self();
  return start <= thread && thread < end;
}

/** Start and end of the writable private mappings, without what children need; the arena may be part of one of them. */
function ownMappings(): [bigint, bigint][] {
  const first = BigInt(zeros());
  const last = first + BigInt(SIZE);
  return readFileSync('/proc/self/maps', 'latin1')
    .split('\n')
    .filter((line) => /^\S+ .w.p /.test(line) && !line.endsWith('[stack]'))
    .map((line) => line.slice(0, line.indexOf(' ')).split('-'))
    .map(([start, end]): [bigint, bigint] => [BigInt(`0x${start}`), BigInt(`0x${end}`)])
    .filter(([start, end]) => !isNeeded(start, end))
    .flatMap(([start, end]): [bigint, bigint][] =>
      end <= first || start >= last
        ? [[start, end]]
        : [
            [start, first],
            [last, end],
          ],
    )
    .filter(([start, end]) => start < end);
}
