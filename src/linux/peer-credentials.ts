// Credentials of the peer of a unix socket, recorded by the kernel at connect(2) (SO_PEERCRED, unix(7)).
import { checked } from './errno.ts';
import { libc, ptr } from './libc.ts';

export interface PeerCredentials {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
}

/** Throws SyscallError when `fd` is no connected unix socket. */
export function peerCredentials(fd: number): PeerCredentials {
  const ucred = new Uint32Array(3);
  const length = Uint32Array.of(ucred.byteLength);
  checked(libc.getsockopt(fd, SOL_SOCKET, SO_PEERCRED, ptr(ucred), ptr(length)), 'getsockopt');
  const [pid = 0, uid = 0, gid = 0] = ucred;
  return { pid, uid, gid };
}

const SOL_SOCKET = 1;
const SO_PEERCRED = 17;
