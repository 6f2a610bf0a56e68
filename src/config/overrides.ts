// Command line options of supervisord that override [supervisord]. If absent, the file applies.
import type { LogLevel, SupervisordConfig } from './config.ts';

export interface CommandLineOverrides {
  readonly logfile?: SupervisordConfig['logfile'];
  readonly logfileMaxBytes?: number;
  readonly logfileBackups?: number;
  readonly loglevel?: LogLevel;
  readonly pidfile?: string;
  readonly umask?: number;
  readonly nodaemon?: boolean;
  readonly silent?: boolean;
  readonly minfds?: number;
  readonly minprocs?: number;
  readonly nocleanup?: boolean;
  readonly childlogdir?: string;
  /** As given; checked after the file has been read. */
  readonly user?: string;
  readonly directory?: string;
  readonly stripAnsi?: boolean;
  readonly identifier?: string;
}
