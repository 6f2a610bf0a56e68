// The remote end of a connection, and the requester it represents.
import { SyscallError } from '../linux/errno.ts';
import { peerCredentials } from '../linux/peer-credentials.ts';
import { textOrEmpty } from '../linux/text-or-empty.ts';
import type { OperationContext, RequestContext } from '../operations/context.ts';
import type { Requester } from '../supervisor/requester.ts';

export type Peer =
  /** SO_PEERCRED at the time of connect (unix(7)). */
  | { readonly kind: 'unix'; readonly pid: number; readonly uid: number }
  /** `user`: the name that every request has to authenticate as, null without authentication. */
  | { readonly kind: 'tcp'; readonly address: string; readonly user: string | null };

/**
 * For a connection just accepted by a server of this kind. Null if the client has already reset it: then the kernel no
 * longer returns an address, and a request would have no requester.
 */
export function peerOf(
  kind: 'unix' | 'inet',
  socket: { readonly fd: number; readonly remoteAddress: string | undefined },
  user: string | null,
): Peer | null {
  const { fd, remoteAddress } = socket;
  if (kind === 'inet') return remoteAddress ? { kind: 'tcp', address: remoteAddress, user } : null;
  try {
    const { pid, uid } = peerCredentials(fd);
    return { kind: 'unix', pid, uid };
  } catch (error) {
    if (error instanceof SyscallError) return null;
    throw error;
  }
}

/** Whether it is root or the daemon's own user, on this machine. */
export function isOwn(peer: Peer): boolean {
  return peer.kind === 'unix' && (peer.uid === 0 || peer.uid === process.getuid?.());
}

/** The context of a request from this peer. */
export function forPeer(context: OperationContext, peer: Peer): RequestContext {
  return { ...context, requester: () => requesterOf(peer) };
}

/** Includes the program's current name; without it if the program has exited. */
export function requesterOf(peer: Peer): Requester {
  switch (peer.kind) {
    case 'unix':
      return { kind: 'program', name: programName(peer.pid), pid: peer.pid, uid: peer.uid };
    case 'tcp':
      return { kind: 'remote', address: peer.address, user: peer.user };
  }
}

/** A program chooses its own name: unprintable characters could mislead a reader of the log. */
function programName(pid: number): string {
  return (
    textOrEmpty(`/proc/${pid}/comm`)
      .trim()
      .replaceAll(/[^\x20-\x7e]/g, '?') || 'process'
  );
}
