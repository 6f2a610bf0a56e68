// Memory at a fixed address: mmap(2).
import { type Pointer, toArrayBuffer } from 'bun:ffi';
import { SyscallError } from './errno.ts';
import { errno, libc } from './libc.ts';

/** Bytes and their address. */
export interface MappedMemory {
  readonly bytes: Uint8Array;
  readonly address: number;
}

/**
 * Maps private, anonymous, zeroed, writable memory and returns its address; it is never unmapped. Throws SyscallError.
 */
export function mapMemory(length: number): number {
  const address = libc.mmap(null, BigInt(length), PROT_READ | PROT_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0n);
  if (address === null || address < 0) throw new SyscallError('mmap', errno());
  return Number(address);
}

/** The bytes at an address. The runtime accounts them as its own memory: call it once, with no more than needed. */
export function mappedAt(address: number, length: number): MappedMemory {
  return { bytes: new Uint8Array(toArrayBuffer(address as Pointer, 0, length)), address };
}

const PROT_READ = 1;
const PROT_WRITE = 2;
const MAP_PRIVATE_ANONYMOUS = 0x22;
