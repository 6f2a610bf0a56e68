// What a forked child may see of our memory until it is a program: what is stored here, and little else. Fork copies the
// tables of all other memory, and every page that is written to afterwards; that took most of the time of a start.
import { readFileSync } from 'node:fs';
import { joined, pointersTo } from './c-string-array.ts';
import { E, SyscallError } from './errno.ts';
import { libc } from './libc.ts';
import { type MappedMemory, mapMemory } from './mapped-memory.ts';

/** More than execve(2) takes of arguments and environment. */
const SIZE = 8 * 1024 * 1024;
/** As many as `struct sigaction` has, and more. */
const ZEROS = 64;
/** For the list of what a child does. */
const LIST = 8192;
const FIRST_FREE = ZEROS + LIST;
/** Memory that we have got since is kept back after so many forks. */
const FORKS_BETWEEN_LOOKS = 100;

let region: MappedMemory | null = null;
let used = FIRST_FREE;
let forks = 0;

/** Forgets all that was stored, but for the list: for the next child. */
export function clearChildMemory(): void {
  used = FIRST_FREE;
}

/** The address of bytes that are always zero. */
export function zeros(): number {
  return ours().address;
}

/** Always the same memory, aligned for any type; what the last child did is still there. */
export function listMemory(): MappedMemory {
  const { bytes, address } = ours();
  return { bytes: bytes.subarray(ZEROS, FIRST_FREE), address: address + ZEROS };
}

/** Bytes that are zero, aligned for any type. Throws SyscallError E2BIG when there is no room left. */
function allocate(length: number): MappedMemory {
  const { bytes, address } = ours();
  const start = used;
  if (start + length > SIZE) throw new SyscallError('execve', E.E2BIG);
  used += Math.ceil(length / 8) * 8;
  return { bytes: bytes.subarray(start, start + length).fill(0), address: address + start };
}

/** The address of a copy. Throws as `allocate`. */
export function store(data: Uint8Array | Uint32Array): number {
  const { bytes, address } = allocate(data.byteLength);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return address;
}

/** The address of a NULL-terminated `char *[]`. */
export function storeStrings(strings: readonly string[]): number {
  return store(pointersTo(strings, store(joined(strings))));
}

/** Before a fork: keeps all that children do not need from them (madvise(2), MADV_DONTFORK). */
export function keepMemoryFromForks(): void {
  if (forks++ % FORKS_BETWEEN_LOOKS !== 0) return;
  for (const [start, end] of ownMappings()) libc.madvise(start, end - start, MADV_DONTFORK);
}

function ours(): MappedMemory {
  region ??= mapMemory(SIZE);
  return region;
}

const MADV_DONTFORK = 10;

/** Written to by the kernel in each of our threads and processes (rseq(2)): it must be there in a child. */
function isNeeded(start: bigint, end: bigint): boolean {
  const thread = libc.pthread_self();
  return start <= thread && thread < end;
}

/** Start and end of the writable private mappings, without what children need; the region may stand in one of them. */
function ownMappings(): [bigint, bigint][] {
  const first = BigInt(ours().address);
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
