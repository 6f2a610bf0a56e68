// Waits for a promise with a timeout.

/** Resolves to whether `promise` was fulfilled within `ms`. */
export async function withTimeout(promise: Promise<unknown>, ms: number): Promise<boolean> {
  const { promise: result, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(resolve, ms, false);
  promise.then(() => resolve(true));
  const isInTime = await result;
  clearTimeout(timer);
  return isInTime;
}
