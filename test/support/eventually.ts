// Waits for a condition that another process brings about.

export interface WaitOptions {
  /** What is waited for, for the failure message. */
  readonly what: string;
  readonly timeoutMs?: number;
  /** Called between checks: a reason to give up, or null. */
  readonly giveUp?: () => Promise<string | null>;
}

/** Polls until `condition` holds; throws on timeout. */
export async function eventually(
  condition: () => boolean | Promise<boolean>,
  options: WaitOptions,
): Promise<void> {
  const deadline = performance.now() + (options.timeoutMs ?? 15_000);
  for (;;) {
    if (await condition()) return;
    const reason = await options.giveUp?.();
    if (reason) throw new Error(`waited for ${options.what}: ${reason}`);
    if (performance.now() > deadline) throw new Error(`waited in vain for ${options.what}`);
    await Bun.sleep(10);
  }
}
