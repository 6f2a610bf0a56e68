// Memory that a large request has used is given back at once: left to itself the collector lets gigabytes gather.

/** Resolves when it is done, in a turn of its own. What was made in this turn may still be needed in it. */
export async function collectGarbageSoon(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  Bun.gc(true);
}
