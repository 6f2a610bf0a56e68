// What a forked child may see of our memory until it is a program: what is stored here, and little else. Fork copies the
// tables of all other memory, and every page that is written to afterwards; that took most of the time of a start.
import { readFileSync } from 'node:fs';
import { E, SyscallError } from './errno.ts';
import { libc } from './libc.ts';
import { type MappedMemory, mapMemory, mappedAt } from './mapped-memory.ts';

const POINTER = 8;
const WORD = Uint32Array.BYTES_PER_ELEMENT;
/** Of a UTF-16 unit in UTF-8. */
const MAX_BYTES = 3;
/** As many as `struct sigaction` has, and more. */
const ZEROS = 64;
/** Of one child: more than execve(2) takes of arguments and environment. */
const PART = 8 * 1024 * 1024;
/** More than nearly all children need of it. */
const USUAL = 128 * 1024;
/** The beginning of a part, for the list of what a child does. */
const LIST = 8192;
/** Memory that we have got since is kept back after so many forks. */
const FORKS_BETWEEN_LOOKS = 100;

/** So many children can be on their way to their programs at once. */
export const maxPendingSpawns = 8;
/** One for each of them, and one for a child that gets a copy. */
const PARTS = maxPendingSpawns + 1;
const SIZE = ZEROS + PARTS * PART;

let region: number | null = null;
let forks = 0;

/** The address of bytes that are always zero. */
export function zeros(): number {
  region ??= mapRegion();
  return region;
}

/** Little of it is ever used: where the system makes huge pages of what it can, they would take 30 MB. */
function mapRegion(): number {
  const address = mapMemory(SIZE);
  libc.madvise(BigInt(address), BigInt(SIZE), MADV_NOHUGEPAGE);
  return address;
}

const MADV_NOHUGEPAGE = 15;

/** What one child needs; the next one may have it when that is a program. */
export class SpawnArena {
  /** Always the same memory, aligned for any type; what the last child did is still there. */
  readonly list: MappedMemory;
  readonly #address: number;
  #bytes: Buffer = Buffer.alloc(0);
  #words: Uint32Array = new Uint32Array(0);
  #used = LIST;

  /** `part`: from 0 to `mostBegun`. Throws SyscallError. */
  constructor(part: number) {
    this.#address = zeros() + ZEROS + part * PART;
    this.list = mappedAt(this.#address, LIST);
    this.#reach(USUAL);
  }

  /** Forgets all that was stored, but for the list. */
  clear(): void {
    this.#used = LIST;
  }

  /** The address of a copy, aligned for any type. Throws SyscallError E2BIG when there is no room left. */
  store(data: Uint8Array | Uint32Array): number {
    const start = this.#take(data.byteLength);
    this.#bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start);
    return this.#address + start;
  }

  /** The address of a copy that ends with a NUL. Throws as `store`. */
  storeString(string: string): number {
    const start = this.#take(string.length * MAX_BYTES + 1);
    const end = start + this.#bytes.write(string, start);
    this.#bytes[end] = 0;
    this.#used = end + 1;
    return this.#address + start;
  }

  /** The address of a NULL-terminated `char *[]`. Throws as `store`. */
  storeStrings(strings: readonly string[]): number {
    const start = this.#take((strings.length + 1) * POINTER);
    let word = start / WORD;
    for (const string of strings) {
      const address = this.storeString(string);
      // By halves, the lower one first, which costs less than a BigInt.
      this.#words[word++] = address;
      this.#words[word++] = address / 2 ** 32;
    }
    this.#words.fill(0, word, word + POINTER / WORD);
    return this.#address + start;
  }

  /** Where so many bytes are free. */
  #take(length: number): number {
    const start = Math.ceil(this.#used / POINTER) * POINTER;
    if (start + length > PART) throw new SyscallError('execve', E.E2BIG);
    if (start + length > this.#bytes.length) this.#reach(PART);
    this.#used = start + length;
    return start;
  }

  #reach(length: number): void {
    const { bytes } = mappedAt(this.#address, length);
    this.#bytes = Buffer.from(bytes.buffer);
    this.#words = new Uint32Array(bytes.buffer);
  }
}

/** Before a fork: keeps all that children do not need from them (madvise(2), MADV_DONTFORK). */
export function keepMemoryFromForks(): void {
  if (forks++ % FORKS_BETWEEN_LOOKS !== 0) return;
  for (const [start, end] of ownMappings()) libc.madvise(start, end - start, MADV_DONTFORK);
}

const MADV_DONTFORK = 10;

/** Written to by the kernel in each of our threads and processes (rseq(2)): it must be there in a child. */
function isNeeded(start: bigint, end: bigint): boolean {
  const thread = libc.pthread_self();
  return start <= thread && thread < end;
}

/** Start and end of the writable private mappings, without what children need; the region may stand in one of them. */
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
