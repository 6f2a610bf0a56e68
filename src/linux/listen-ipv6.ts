// A listening TCP socket on an IPv6 address (ipv6(7)). Close-on-exec, blocking.
import { checked } from './errno.ts';
import { libc, ptr } from './libc.ts';

/** `host`: an IPv6 address without brackets. IPV6_V6ONLY leaves IPv4 to other sockets. Throws SyscallError. */
export function listenIpv6(host: string, port: number, backlog: number): number {
  const subject = `[${host}]:${port}`;
  const address = Uint8Array.of(
    AF_INET6,
    0,
    port >> 8,
    port & 0xff,
    ...noFlow,
    ...ipv6Bytes(host),
    ...noScope,
  );
  const fd = checked(libc.socket(AF_INET6, SOCK_STREAM_CLOEXEC, 0), 'socket', subject);
  try {
    setOption(fd, SOL_SOCKET, SO_REUSEADDR, subject);
    setOption(fd, IPPROTO_IPV6, IPV6_V6ONLY, subject);
    checked(libc.bind(fd, ptr(address), address.length), 'bind', subject);
    checked(libc.listen(fd, backlog), 'listen', subject);
    return fd;
  } catch (error) {
    libc.close(fd);
    throw error;
  }
}

const AF_INET6 = 10;
const SOCK_STREAM_CLOEXEC = 1 | 0o2000000;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const IPPROTO_IPV6 = 41;
const IPV6_V6ONLY = 26;
const [noFlow, noScope] = [new Uint8Array(4), new Uint8Array(4)];

function setOption(fd: number, level: number, option: number, subject: string): void {
  const on = Int32Array.of(1);
  checked(libc.setsockopt(fd, level, option, ptr(on), on.byteLength), 'setsockopt', subject);
}

/** The sixteen bytes of an address; the URL parser accepts every notation and returns the canonical one. */
function ipv6Bytes(host: string): Uint8Array {
  const canonical = new URL(`http://[${host}]/`).hostname.slice(1, -1);
  const [left = '', right] = canonical.split('::');
  const [first, last] = [groupsOf(left), groupsOf(right ?? '')];
  const groups = [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last];
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}

function groupsOf(text: string): number[] {
  return text === '' ? [] : text.split(':').map((digits) => Number.parseInt(digits, 16));
}
