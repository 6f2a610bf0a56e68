// Which texts are IP addresses: inet_pton(3). The same functions of node:net would take 1.3 MB of memory.
import { cstring, libc, ptr } from './libc.ts';

const AF_INET = 2;
const AF_INET6 = 10;
const maxAddressBytes = 16;
/** The interface of a link-local address, which inet_pton(3) does not take. */
const zone = /%[\w.:-]+$/;

/** Four decimal numbers. */
export function isIPv4(text: string): boolean {
  return isAddress(text, AF_INET);
}

/** Without brackets; may end with a zone such as `%eth0`. */
export function isIPv6(text: string): boolean {
  return isAddress(text.replace(zone, ''), AF_INET6);
}

export function isIP(text: string): boolean {
  return isIPv4(text) || isIPv6(text);
}

function isAddress(text: string, family: number): boolean {
  if (text.includes('\0')) return false;
  return libc.inet_pton(family, ptr(cstring(text)), ptr(new Uint8Array(maxAddressBytes))) === 1;
}
