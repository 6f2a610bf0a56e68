// Error handling strategies: the daemon stops at the first error, `check` collects all.
import { ConfigError } from './config.ts';

export interface ErrorSink {
  /** Throws, or records the error; the caller then continues with a default. */
  report(problem: ConfigError): void;
}

/** For callers that need a usable configuration or the original's single error. */
export const throwFirst: ErrorSink = {
  report(problem) {
    throw problem;
  },
};

/** Appends ` in section ...`, as the original does while reading a program's options. */
export function withSuffix(problems: ErrorSink, suffix: () => string): ErrorSink {
  return {
    report(problem) {
      problems.report(problem.withMessage(problem.message + suffix()));
    },
  };
}

/** Returns a ConfigError as it is and rethrows everything else. */
export function asConfigError(error: unknown): ConfigError {
  if (error instanceof ConfigError) return error;
  throw error;
}
