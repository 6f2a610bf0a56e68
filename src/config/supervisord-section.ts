// [supervisord]: the file's options, and the command line's over them.
import type { SupervisordConfig } from './config.ts';
import { supervisordOptions as options } from './options/supervisord.ts';
import type { CommandLineOverrides } from './overrides.ts';
import type { SectionReader } from './section-reader.ts';
import { user as userType } from './values/accounts.ts';

/** Everything but the user, who is looked up when all else has been read. */
export interface SupervisordSection {
  readonly config: Omit<SupervisordConfig, 'user' | 'environment'>;
  readonly environment: ReadonlyMap<string, string>;
  readonly user: string | null;
}

/** Reads all options in the order in which their errors are reported, then lets the command line override. */
export function readSupervisord(reader: SectionReader, overrides: CommandLineOverrides): SupervisordSection {
  const minfds = reader.read(options.minfds);
  const minprocs = reader.read(options.minprocs);
  const directory = reader.read(options.directory);
  const user = reader.read(options.user);
  const umask = reader.read(options.umask);
  const logfile = reader.read(options.logfile);
  const maxBytes = reader.read(options.logfileMaxBytes);
  const backups = reader.read(options.logfileBackups);
  const oldLogs = {
    schedule: reader.read(options.logfileRotate),
    compression: reader.read(options.logfileCompress),
    maxAgeSeconds: reader.read(options.logfileMaxAge),
  };
  const logLines = {
    format: reader.read(options.logfileFormat),
    timestamp: reader.read(options.logfileTimestamp),
  };
  const loglevel = reader.read(options.loglevel);
  const pidfile = reader.read(options.pidfile);
  const identifier = reader.read(options.identifier);
  const nodaemon = reader.read(options.nodaemon);
  const silent = reader.read(options.silent);
  const childlogdir = reader.read(options.childlogdir) ?? reader.host.tempdir;
  const nocleanup = reader.read(options.nocleanup);
  const stripAnsi = reader.read(options.stripAnsi);
  const environment = reader.read(options.environment);
  const config = {
    minfds: overrides.minfds ?? minfds,
    minprocs: overrides.minprocs ?? minprocs,
    directory: overrides.directory ?? directory,
    umask: overrides.umask ?? umask,
    logfile: overrides.logfile ?? logfile,
    logRotation: {
      maxBytes: overrides.logfileMaxBytes ?? maxBytes,
      backups: overrides.logfileBackups ?? backups,
      ...oldLogs,
    },
    logLines,
    loglevel: overrides.loglevel ?? loglevel,
    pidfile: overrides.pidfile ?? pidfile,
    identifier: overrides.identifier ?? identifier,
    nodaemon: overrides.nodaemon ?? nodaemon,
    silent: overrides.silent ?? silent,
    childlogdir: overrides.childlogdir ?? childlogdir,
    nocleanup: overrides.nocleanup ?? nocleanup,
    stripAnsi: overrides.stripAnsi ?? stripAnsi,
  };
  return { config, environment, user: overrides.user ?? user };
}

/** The user to become, by the name or number that was given. */
export function lookUpUser(reader: SectionReader, user: string | null): SupervisordConfig['user'] {
  if (user === null) return null;
  return reader.attempt(
    options.user,
    () => userType.parse(user, reader.host),
    () => null,
  );
}
