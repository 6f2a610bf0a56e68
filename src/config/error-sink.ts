// What becomes of errors: the daemon stops at the first one, `check` wants them all.
import { ConfigError } from './config.ts';

export interface ErrorSink {
  /** Throws, or takes note; the caller goes on with a default. */
  report(problem: ConfigError): void;
}

/** For those who need a usable configuration or the original's one error. */
export const throwFirst: ErrorSink = {
  report(problem) {
    throw problem;
  },
};

/** Adds ` in section ...`, as the original does while it reads the options of a program. */
export function withSuffix(problems: ErrorSink, suffix: () => string): ErrorSink {
  return {
    report(problem) {
      problems.report(problem.withMessage(problem.message + suffix()));
    },
  };
}

/** The error itself when it is about the configuration; anything else goes on its way. */
export function asConfigError(error: unknown): ConfigError {
  if (error instanceof ConfigError) return error;
  throw error;
}
