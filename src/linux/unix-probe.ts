// Probes whether a process listens on the path of a unix socket, and which one.
import { checked, E, errnoName } from './errno.ts';
import { cstring, errno, libc, ptr } from './libc.ts';
import { peerCredentials } from './peer-credentials.ts';

export interface SocketProbe {
  /** The name of connect(2)'s errno; null when it succeeded. */
  readonly failure: string | null;
  /** The listener; null without a connection. Pid 0 is a process outside this PID namespace. */
  readonly listenerPid: number | null;
}

/** Connects and closes at once, without waiting for the listener. Blocks while a file system on the path does not answer. */
export function probeSocket(path: string): SocketProbe {
  const name = cstring(path);
  if (name.length > MAX_UNIX_PATH) return { failure: errnoName(E.ENAMETOOLONG), listenerPid: null };
  const fd = checked(libc.socket(AF_UNIX, SOCK_STREAM_CLOEXEC_NONBLOCK, 0), 'socket', path);
  try {
    const address = Uint8Array.of(AF_UNIX, 0, ...name);
    if (libc.connect(fd, ptr(address), address.length) < 0)
      return { failure: errnoName(errno()), listenerPid: null };
    return { failure: null, listenerPid: peerCredentials(fd).pid };
  } finally {
    libc.close(fd);
  }
}

/** True when the socket file is stale: no process listens on it. Blocks like `probeSocket`. */
export function isStaleSocket(path: string): boolean {
  return probeSocket(path).failure === 'ECONNREFUSED';
}

const AF_UNIX = 1;
const SOCK_STREAM_CLOEXEC_NONBLOCK = 1 | 0o2000000 | 0o4000;
/** Size of `sun_path`, with its NUL. */
const MAX_UNIX_PATH = 108;
