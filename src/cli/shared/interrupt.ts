// Ctrl-C while something goes on: it ends that, not us.

/** Runs `body` until it ends or SIGINT comes, and tells whether it was SIGINT. */
export async function untilInterrupted(body: (signal: AbortSignal) => Promise<void>): Promise<boolean> {
  const controller = new AbortController();
  const interrupt = (): void => controller.abort();
  process.on('SIGINT', interrupt);
  try {
    await body(controller.signal);
  } finally {
    process.off('SIGINT', interrupt);
  }
  return controller.signal.aborted;
}
