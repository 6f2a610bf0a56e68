// Is anybody listening at a unix socket's path?
import { checked, E } from './errno.ts';
import { cstring, errno, libc, ptr } from './libc.ts';

/** True when the socket file was left behind by somebody who is gone. Never blocks. */
export function isStaleSocket(path: string): boolean {
  const fd = checked(libc.socket(AF_UNIX, SOCK_STREAM_CLOEXEC_NONBLOCK, 0), 'socket', path);
  const address = Uint8Array.of(AF_UNIX, 0, ...cstring(path));
  const refused = libc.connect(fd, ptr(address), address.length) < 0 && errno() === E.ECONNREFUSED;
  libc.close(fd);
  return refused;
}

const AF_UNIX = 1;
const SOCK_STREAM_CLOEXEC_NONBLOCK = 1 | 0o2000000 | 0o4000;
