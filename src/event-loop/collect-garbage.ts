// Frees the memory of a large request at once: left to itself, the collector accumulates gigabytes.

/** Collects in a turn of its own, because objects of the current turn may still be referenced. Resolves afterwards. */
export async function collectGarbageSoon(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  Bun.gc(true);
}
