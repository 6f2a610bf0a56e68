// The controlling terminal of this process and its session (tty(4)).
import { cstring, libc, ptr } from './libc.ts';

const O_NOCTTY = 0o400;
const O_NONBLOCK = 0o4000;
const O_CLOEXEC = 0o2000000;
const controllingTerminal = cstring('/dev/tty');

/** Whether a process of this session could open it. */
export function hasControllingTerminal(): boolean {
  const fd = libc.open(ptr(controllingTerminal), O_NOCTTY | O_NONBLOCK | O_CLOEXEC, 0);
  if (fd < 0) return false;
  libc.close(fd);
  return true;
}
