// The other end of a connection, and who it is to operations.
import { peerCredentials } from '../linux/peer-credentials.ts';
import { textOrEmpty } from '../linux/text-or-empty.ts';
import type { OperationContext, RequestContext } from '../operations/context.ts';
import type { Requester } from '../supervisor/requester.ts';

export type Peer =
  /** As the kernel saw it when it connected (unix(7)). */
  | { readonly kind: 'unix'; readonly pid: number; readonly uid: number }
  /** `user`: the name that every request has to authenticate with, null without authentication. */
  | { readonly kind: 'tcp'; readonly address: string; readonly user: string | null };

/** Of a connection that was just accepted. Throws SyscallError. */
export function peerOf(
  socket: { readonly fd: number; readonly remoteAddress: string | undefined },
  user: string | null,
): Peer {
  if (socket.remoteAddress) return { kind: 'tcp', address: socket.remoteAddress, user };
  const { pid, uid } = peerCredentials(socket.fd);
  return { kind: 'unix', pid, uid };
}

/** The context of a request that this peer sent. */
export function forPeer(context: OperationContext, peer: Peer): RequestContext {
  return { ...context, requester: () => requesterOf(peer) };
}

/** The program is named as it calls itself by now; one that has ended is named by its pid alone. */
export function requesterOf(peer: Peer): Requester {
  switch (peer.kind) {
    case 'unix':
      return { kind: 'program', name: programName(peer.pid), pid: peer.pid, uid: peer.uid };
    case 'tcp':
      return { kind: 'remote', address: peer.address, user: peer.user };
  }
}

/** A program chooses its name: what is not printable could deceive a reader. */
function programName(pid: number): string {
  return (
    textOrEmpty(`/proc/${pid}/comm`)
      .trim()
      .replaceAll(/[^\x20-\x7e]/g, '?') || 'process'
  );
}
