// Memory at an address that never changes: mmap(2).
import { type Pointer, toArrayBuffer } from 'bun:ffi';
import { SyscallError } from './errno.ts';
import { errno, libc } from './libc.ts';

/** Bytes, and where they are. */
export interface MappedMemory {
  readonly bytes: Uint8Array;
  readonly address: number;
}

/** Its address: private, anonymous, for reading and writing, all zero; for ever. Throws SyscallError. */
export function mapMemory(length: number): number {
  const address = libc.mmap(null, BigInt(length), PROT_READ | PROT_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0n);
  if (address === null || address < 0) throw new SyscallError('mmap', errno());
  return Number(address);
}

/** What is there. The runtime counts it as memory of its own: to be asked for once, and for no more than is needed. */
export function mappedAt(address: number, length: number): MappedMemory {
  return { bytes: new Uint8Array(toArrayBuffer(address as Pointer, 0, length)), address };
}

const PROT_READ = 1;
const PROT_WRITE = 2;
const MAP_PRIVATE_ANONYMOUS = 0x22;
