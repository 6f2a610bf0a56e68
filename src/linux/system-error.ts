// Errors of the system, whether thrown by the runtime or by this project (SyscallError).

export interface SystemError extends Error {
  /** `ENOENT` and the like. */
  readonly code: string;
  /** Some parts of the runtime set it negative, some not at all. */
  readonly errno?: number;
}

/** Whether `error` is an error of the system, with `code` if given. Bugs have no code. */
export function isSystemError(error: unknown, code?: string): error is SystemError {
  if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) return false;
  return code === undefined || error.code === code;
}
