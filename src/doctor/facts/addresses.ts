// Which addresses the machine has, for servers to listen on.
import { isIP, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { resolveIpv4 } from '../../linux/ipv4-address.ts';

/** False when a name has no address, or one that the kernel would not let a server have (EADDRNOTAVAIL, bind(2)). */
export function isAddressHere(host: string): boolean {
  if (host === '') return true;
  const address = isIP(host) > 0 ? host : resolveIpv4(host)?.join('.');
  if (address === undefined) return false;
  if (address.startsWith('127.') || everyAddress.has(address)) return true;
  const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return own.some((candidate) => spelled(candidate.address) === spelled(address));
}

const everyAddress = new Set(['0.0.0.0', '::']);

/** An IPv6 address can be written in many ways; a URL has one. */
function spelled(address: string): string {
  return isIPv6(address) && !address.includes('%') ? new URL(`http://[${address}]`).hostname : address;
}
