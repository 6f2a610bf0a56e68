// Work that is long in all, in turns that are short, so that the event loop gets to everybody else in between.

const burstMs = 10;

/** Calls `work` with each of the items in turn; for how long it kept the event loop busy, in milliseconds. */
export async function inBursts<T>(items: readonly T[], work: (item: T) => void): Promise<number> {
  let busyMs = 0;
  let burst = performance.now();
  for (const item of items) {
    work(item);
    if (performance.now() - burst < burstMs) continue;
    busyMs += performance.now() - burst;
    await new Promise((resolve) => setImmediate(resolve));
    burst = performance.now();
  }
  return busyMs + performance.now() - burst;
}
