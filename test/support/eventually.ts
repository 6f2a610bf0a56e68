// Waits for a condition that another process brings about.

export interface RequestTimeout {
  /** What is waited for, for the failure message. */
  readonly what: string;
  readonly timeoutMs?: number;
  /** Called between checks: a reason to give up, or null. */
  readonly giveUp?: () => Promise<string | null>;
}

/** Polls until `condition` holds; throws on timeout. */
export async function eventually(
  condition: () => boolean | Promise<boolean>,
  patience: RequestTimeout,
): Promise<void> {
  const deadline = performance.now() + (patience.timeoutMs ?? 15_000);
  for (;;) {
    if (await condition()) return;
    const reason = await patience.giveUp?.();
    if (reason) throw new Error(`waited for ${patience.what}: ${reason}`);
    if (performance.now() > deadline) throw new Error(`waited in vain for ${patience.what}`);
    await Bun.sleep(10);
  }
}
