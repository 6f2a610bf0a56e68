// A reason why the daemon cannot start; one clear line for whoever started it.

export class StartError extends Error {
  override readonly name = 'StartError';
}
