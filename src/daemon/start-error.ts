// A reason why the daemon cannot start, as one line for the user.

export class StartError extends Error {
  override readonly name = 'StartError';
}
