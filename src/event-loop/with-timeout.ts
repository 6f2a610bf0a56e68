// Waiting for something that may never come.

/** Whether `promise` was fulfilled within `ms`. */
export async function withTimeout(promise: Promise<unknown>, ms: number): Promise<boolean> {
  const { promise: result, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(resolve, ms, false);
  promise.then(() => resolve(true));
  const isInTime = await result;
  clearTimeout(timer);
  return isInTime;
}
