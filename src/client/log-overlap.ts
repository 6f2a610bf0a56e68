// Joins what was read of a log with what is then followed, which begins with some of it again. Pure.

/** No more than this of a log is sent at first. */
const FIRST_BYTES = 1024;

/** How many bytes at the start of `followed` are the end of `read`. */
export function overlap(read: Uint8Array, followed: Uint8Array): number {
  const end = Buffer.from(read);
  for (let length = Math.min(FIRST_BYTES, read.length, followed.length); length > 0; length -= 1) {
    if (end.subarray(-length).equals(followed.subarray(0, length))) return length;
  }
  return 0;
}
