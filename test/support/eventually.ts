// Waiting for something that another process does.

export interface RequestTimeout {
  /** What is waited for, for the message of a failure. */
  readonly what: string;
  readonly timeoutMs?: number;
  /** Asked between looks: a reason to stop waiting, or null. */
  readonly giveUp?: () => Promise<string | null>;
}

/** Looks again and again until `condition` holds; throws when it does not within the time. */
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
