// What the system refuses, whoever asked it for us: the runtime, or we ourselves (SyscallError).

export interface SystemError extends Error {
  /** `ENOENT` and the like. */
  readonly code: string;
  /** Some parts of the runtime give it below zero, and not all give it. */
  readonly errno?: number;
}

/** Whether the system has refused something, for the reason `code` if that is given. Mistakes of ours have no code. */
export function isSystemError(error: unknown, code?: string): error is SystemError {
  if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) return false;
  return code === undefined || error.code === code;
}
