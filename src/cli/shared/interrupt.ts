// Makes Ctrl-C end the current activity instead of the process.

/** Runs `body` until it ends or SIGINT arrives; resolves to whether it was SIGINT. */
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
