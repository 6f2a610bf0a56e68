// openat2(2): opens a path with restrictions on its resolution. Missing before Linux 5.6 and in some sandboxes.
import { cstring, libc, ptr } from './libc.ts';
import { O_CLOEXEC } from './open-flags.ts';

export const RESOLVE_NO_SYMLINKS = 0x04n;
/** Only cached lookups (Linux 5.12). */
export const RESOLVE_CACHED = 0x20n;

/** The same number on every architecture. */
const SYS_openat2 = 437n;
const AT_FDCWD = BigInt.asUintN(64, -100n);

/** Null when it cannot be opened with these restrictions, for any reason. */
export function openResolving(path: string, flags: number, resolve: bigint): number | null {
  const name = cstring(path);
  /** `struct open_how`: flags, mode, resolve. */
  const how = BigUint64Array.of(BigInt(flags | O_CLOEXEC), 0n, resolve);
  const fd = Number(libc.syscall(SYS_openat2, AT_FDCWD, ptr(name), ptr(how), how.byteLength));
  return fd < 0 ? null : fd;
}
