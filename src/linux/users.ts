// Users and groups of the machine as NSS knows them (files, LDAP, ...): getpwnam_r(3), getgrnam_r(3), getgrouplist(3).
import { CString, read } from 'bun:ffi';
import type { UserIdentity } from './credentials.ts';
import { E, SyscallError } from './errno.ts';
import { cstring, libc, ptr } from './libc.ts';

export interface UserEntry extends UserIdentity {
  readonly home: string;
}

export interface GroupEntry {
  readonly gid: number;
  readonly name: string;
}

/** Null when there is no such user. Throws SyscallError when the database cannot be queried. */
export function userByName(name: string): UserEntry | null {
  if (name.includes('\0')) return null;
  const wanted = cstring(name);
  return lookUp('getpwnam_r', readUser, (entry, buffer, result) =>
    libc.getpwnam_r(ptr(wanted), ptr(entry), ptr(buffer), BigInt(buffer.length), ptr(result)),
  );
}

export function userById(uid: number): UserEntry | null {
  if (!isId(uid)) return null;
  return lookUp('getpwuid_r', readUser, (entry, buffer, result) =>
    libc.getpwuid_r(uid, ptr(entry), ptr(buffer), BigInt(buffer.length), ptr(result)),
  );
}

export function groupByName(name: string): GroupEntry | null {
  if (name.includes('\0')) return null;
  const wanted = cstring(name);
  return lookUp('getgrnam_r', readGroup, (entry, buffer, result) =>
    libc.getgrnam_r(ptr(wanted), ptr(entry), ptr(buffer), BigInt(buffer.length), ptr(result)),
  );
}

export function groupById(gid: number): GroupEntry | null {
  if (!isId(gid)) return null;
  return lookUp('getgrgid_r', readGroup, (entry, buffer, result) =>
    libc.getgrgid_r(gid, ptr(entry), ptr(buffer), BigInt(buffer.length), ptr(result)),
  );
}

/** Sizes of `struct passwd` (48) and `struct group` (32) on 64-bit Linux, with room to spare. */
const entryBytes = 64;
const firstBufferBytes = 4096;
const lastBufferBytes = 64 * 1024 * 1024;
const firstGroupCount = 64;

/** uid_t and gid_t are unsigned; the highest value means "no id". */
function isId(id: number): boolean {
  return Number.isInteger(id) && id >= 0 && id < 0xffffffff;
}

type Lookup = (entry: Uint8Array, buffer: Uint8Array, result: BigUint64Array) => number;

/** Grows the buffer on ERANGE: a group may have thousands of members. */
function lookUp<T>(syscall: string, decode: (entry: Uint8Array) => T, call: Lookup): T | null {
  const entry = new Uint8Array(entryBytes);
  const result = new BigUint64Array(1);
  for (let size = firstBufferBytes; ; size *= 4) {
    const buffer = new Uint8Array(size);
    const failure = call(entry, buffer, result);
    if (failure === 0) return result[0] === 0n ? null : decode(entry);
    if (isAbsence(failure)) return null;
    if (failure === E.EINTR) continue;
    if (failure !== E.ERANGE || size >= lastBufferBytes) throw new SyscallError(syscall, failure);
  }
}

/** Errors that databases return for a missing entry, besides success with a null result (getpwnam(3), ERRORS). */
function isAbsence(failure: number): boolean {
  return failure === E.ENOENT || failure === E.ESRCH || failure === E.EBADF || failure === E.EPERM;
}

/** struct passwd: name, password, uid, gid, gecos, directory, shell. */
function readUser(entry: Uint8Array): UserEntry {
  const base = ptr(entry);
  const name = stringAt(base, 0);
  const gid = read.u32(base, 20);
  return { name, uid: read.u32(base, 16), gid, groups: groupsOf(name, gid), home: stringAt(base, 32) };
}

/** struct group: name, password, gid, members. */
function readGroup(entry: Uint8Array): GroupEntry {
  const base = ptr(entry);
  return { name: stringAt(base, 0), gid: read.u32(base, 16) };
}

function stringAt(base: Parameters<typeof read.ptr>[0], offset: number): string {
  const address = read.ptr(base, offset);
  // The address is a plain number; the type of bun:ffi is a branded number.
  return address === 0 ? '' : new CString(address as typeof base).toString();
}

/** Every group that a login would have, the primary one first. */
function groupsOf(name: string, gid: number): number[] {
  const user = cstring(name);
  for (let room = firstGroupCount; ; ) {
    const list = new Uint32Array(room);
    const count = new Int32Array([room]);
    const fits = libc.getgrouplist(ptr(user), gid, ptr(list), ptr(count)) >= 0;
    const found = count[0] ?? 0;
    if (fits) return [gid, ...list.subarray(0, found).filter((group) => group !== gid)];
    // Older C libraries do not return the required size.
    room = Math.max(found, room * 2);
  }
}
