// Memory at an address that never changes: mmap(2).
import { toArrayBuffer } from 'bun:ffi';
import { SyscallError } from './errno.ts';
import { errno, libc } from './libc.ts';

/** Bytes, and where they are. */
export interface MappedMemory {
  readonly bytes: Uint8Array;
  readonly address: number;
}

/** Private, anonymous, for reading and writing, all zero; for ever. Throws SyscallError. */
export function mapMemory(length: number): MappedMemory {
  const address = libc.mmap(null, BigInt(length), PROT_READ | PROT_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0n);
  if (address === null || address < 0) throw new SyscallError('mmap', errno());
  return { bytes: new Uint8Array(toArrayBuffer(address, 0, length)), address: Number(address) };
}

const PROT_READ = 1;
const PROT_WRITE = 2;
const MAP_PRIVATE_ANONYMOUS = 0x22;
