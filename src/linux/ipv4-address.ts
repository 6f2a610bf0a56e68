// The IPv4 address of a host name by the C library's resolver: /etc/hosts, then DNS. Blocking.
import { read } from 'bun:ffi';
import { isIPv4 } from './ip-address.ts';
import { cstring, libc, ptr } from './libc.ts';

/** Four bytes in network order, or null for a name that has no address (getaddrinfo(3)). */
export function resolveIpv4(host: string): Uint8Array | null {
  if (isIPv4(host)) return Uint8Array.from(host.split('.'), Number);
  const name = cstring(host);
  const hints = Int32Array.of(0, AF_INET, SOCK_STREAM, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  const list = new BigUint64Array(1);
  if (libc.getaddrinfo(ptr(name), null, ptr(hints), ptr(list)) !== 0) return null;
  const firstInfo = read.ptr(ptr(list), 0);
  const address = read.u32(read.ptr(firstInfo, ADDRINFO_ADDR), SOCKADDR_IN_ADDR);
  libc.freeaddrinfo(list[0] ?? null);
  return new Uint8Array(Uint32Array.of(address).buffer);
}

const AF_INET = 2;
const SOCK_STREAM = 1;
/** Offset of `ai_addr` in `struct addrinfo` and of `sin_addr` in `struct sockaddr_in`, on 64-bit Linux. */
const ADDRINFO_ADDR = 24;
const SOCKADDR_IN_ADDR = 4;
