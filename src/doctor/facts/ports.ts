// Finds the process that listens on a TCP port: /proc/net/tcp (proc(5)) has the socket, /proc/PID/fd its owner.
import { readdirSync, readlinkSync } from 'node:fs';
import { textOrEmpty } from '../../linux/text-or-empty.ts';
import type { PortHolder } from '../machine-facts.ts';
import { commandLine, type ProcessEntry } from './process-table.ts';

export interface ListeningSocket {
  readonly port: number;
  /** In the kernel's notation; all zeros for the wildcard address. */
  readonly address: string;
  readonly uid: number;
  readonly inode: string;
}

const listenState = '0A';

/** The listening sockets in the lines of /proc/net/tcp or tcp6. */
export function parseListening(text: string): ListeningSocket[] {
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((words) => words[3] === listenState)
    .map((words) => {
      const [address = '', port = ''] = (words[1] ?? '').split(':');
      return { address, port: Number.parseInt(port, 16), uid: Number(words[7]), inode: words[9] ?? '' };
    });
}

/** Null if no socket listens there. */
export function holderOf(host: string, port: number, table: readonly ProcessEntry[]): PortHolder | null {
  const sockets = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((path) => parseListening(textOrEmpty(path)));
  const socket = sockets.find((candidate) => candidate.port === port && overlaps(candidate.address, host));
  if (!socket) return null;
  const entry = table.find(({ pid }) => hasSocket(pid, socket.inode));
  return { uid: socket.uid, pid: entry?.pid ?? null, commandLine: entry ? commandLine(entry) : '' };
}

/** Two sockets on a port conflict unless they have different, specific addresses. */
function overlaps(address: string, host: string): boolean {
  const wanted = ipv4InHex(host);
  return wanted === null || /^0+$/.test(address) || address.endsWith(wanted);
}

/** The kernel's little-endian notation on the supported architectures. Null for the wildcard address or a name. */
function ipv4InHex(host: string): string | null {
  const bytes = (host === 'localhost' ? '127.0.0.1' : host).split('.').map(Number);
  if (bytes.length !== 4 || bytes.some((byte) => !(byte >= 0 && byte < 256)) || host === '0.0.0.0')
    return null;
  return bytes
    .toReversed()
    .map((byte) => byte.toString(16).toUpperCase().padStart(2, '0'))
    .join('');
}

function hasSocket(pid: number, inode: string): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some(
      (fd) => linkOf(`/proc/${pid}/fd/${fd}`) === `socket:[${inode}]`,
    );
  } catch {
    return false;
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
