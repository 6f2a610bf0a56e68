// A pause of this thread that is shorter than any timer of epoll_wait: usleep(3).
import { libc } from './libc.ts';

/** `microseconds`, and some fifty more that the kernel allows itself; a signal may end it early. */
export function pause(microseconds: number): void {
  libc.usleep(microseconds);
}
