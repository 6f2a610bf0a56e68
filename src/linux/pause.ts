// Sleeps for less than the resolution of epoll_wait's timeout: usleep(3).
import { libc } from './libc.ts';

/** `microseconds` plus the timer slack of about 50 µs (prctl(2)); a signal may end it early. */
export function pause(microseconds: number): void {
  libc.usleep(microseconds);
}
