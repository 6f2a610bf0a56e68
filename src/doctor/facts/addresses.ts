// Addresses of this machine that servers can listen on.

import { networkInterfaces } from 'node:os';
import { isIP, isIPv6 } from '../../linux/ip-address.ts';
import { resolveIpv4 } from '../../linux/ipv4-address.ts';

/** False for a name without an address, or for an address that the kernel refuses (EADDRNOTAVAIL, bind(2)). */
export function isAddressHere(host: string): boolean {
  if (host === '') return true;
  const address = isIP(host) ? host : resolveIpv4(host)?.join('.');
  if (address === undefined) return false;
  if (address.startsWith('127.') || everyAddress.has(address)) return true;
  const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return own.some((candidate) => spelled(candidate.address) === spelled(address));
}

const everyAddress = new Set(['0.0.0.0', '::']);

/** Normalises an IPv6 address, which has many spellings. */
function spelled(address: string): string {
  return isIPv6(address) && !address.includes('%') ? new URL(`http://[${address}]`).hostname : address;
}
