// What supervisord's command line may say instead of [supervisord]. Absent: the file decides.
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
  /** As given; whether there is such a user is checked when the file has been read. */
  readonly user?: string;
  readonly directory?: string;
  readonly stripAnsi?: boolean;
  readonly identifier?: string;
}
