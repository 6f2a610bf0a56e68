// [supervisord]: options of the file, overridden by the command line.
import type { SupervisordConfig } from './config.ts';
import { asConfigError } from './error-sink.ts';
import { supervisordOptions as options } from './options/supervisord.ts';
import type { CommandLineOverrides } from './overrides.ts';
import type { SectionReader } from './section-reader.ts';
import { user as userType } from './values/accounts.ts';

/** Everything but the user, which is looked up after all else has been read. */
export interface SupervisordSection {
  readonly config: Omit<SupervisordConfig, 'user' | 'environment'>;
  readonly environment: ReadonlyMap<string, string>;
  readonly user: string | null;
}

export function readSupervisord(reader: SectionReader, overrides: CommandLineOverrides): SupervisordSection {
  const { user: fileUser, environment, logRotation, ...file } = readOptions(reader);
  const {
    user = fileUser,
    logfileMaxBytes: maxBytes = logRotation.maxBytes,
    logfileBackups: backups = logRotation.backups,
    ...others
  } = overrides;
  const config = { ...file, ...others, logRotation: { ...logRotation, maxBytes, backups } };
  return { config, environment, user };
}

/** In the order in which the original reports errors. */
function readOptions(reader: SectionReader) {
  return {
    minfds: reader.read(options.minfds),
    minprocs: reader.read(options.minprocs),
    directory: reader.read(options.directory),
    user: reader.read(options.user),
    umask: reader.read(options.umask),
    logfile: reader.read(options.logfile),
    logRotation: {
      maxBytes: reader.read(options.logfileMaxBytes),
      backups: reader.read(options.logfileBackups),
      schedule: reader.read(options.logfileRotate),
      compression: reader.read(options.logfileCompress),
      maxAgeSeconds: reader.read(options.logfileMaxAge),
    },
    logLines: {
      format: reader.read(options.logfileFormat),
      timestamp: reader.read(options.logfileTimestamp),
    },
    loglevel: reader.read(options.loglevel),
    pidfile: reader.read(options.pidfile),
    identifier: reader.read(options.identifier),
    nodaemon: reader.read(options.nodaemon),
    silent: reader.read(options.silent),
    childlogdir: reader.read(options.childlogdir) ?? reader.host.tempdir,
    nocleanup: reader.read(options.nocleanup),
    stripAnsi: reader.read(options.stripAnsi),
    environment: reader.read(options.environment),
    exitWhenDone: reader.read(options.exitWhenDone),
  };
}

/** The user to switch to, given by name or uid. An error in one from the command line has no position in the file. */
export function lookUpUser(
  reader: SectionReader,
  user: string | null,
  overrides: CommandLineOverrides,
): SupervisordConfig['user'] {
  if (user === null) return null;
  const lookUp = () => userType.parse(user, reader.host);
  if (overrides.user === undefined) return reader.attempt(options.user, lookUp, () => null);
  try {
    return lookUp();
  } catch (error) {
    reader.problems.report(asConfigError(error));
    return null;
  }
}
