// Where supervisord and supervisorctl look for their file when nobody names one.
import { ConfigError } from './config.ts';
import { absoluteIn, directoryOf } from './values/paths.ts';

/** As `findConfig`, for supervisord, which cannot go without a file. Throws ConfigError. */
export function requireConfig(program: string, exists: (path: string) => boolean): string {
  const found = findConfig(program, exists);
  if (found !== null) return found;
  throw new ConfigError(
    `No config file found at default paths (${searchPaths(program).join(', ')});` +
      ' use the -c option to specify a config file at a different path',
  );
}

/**
 * The first existing of the customary paths; a directory counts as existing, as it always did.
 * `program`: the path by which we were called, to which the two first candidates are relative.
 */
export function findConfig(program: string, exists: (path: string) => boolean): string | null {
  return searchPaths(program).find((path) => exists(path)) ?? null;
}

/**
 * The path by which a program was called, as sys.argv[0] tells a Python script. `argv0` is what its caller typed: a mere
 * name was found on PATH, and if it is not there any more, `executable` is all that is known.
 */
export function programPath(
  argv0: string,
  searchPath: string | undefined,
  executable: string,
  exists: (path: string) => boolean,
): string {
  if (argv0.includes('/')) return argv0;
  const candidates = (searchPath ?? '').split(':').map((directory) => `${directory || '.'}/${argv0}`);
  return candidates.find((path) => exists(path)) ?? executable;
}

/** Where the configuration of a machine's service is: ours, then that of Debian's supervisor. */
export const serviceConfigPaths = ['/etc/supervisord.conf', '/etc/supervisor/supervisord.conf'] as const;

/** In the order in which they are tried. `program`: as for `findConfig`. */
export function searchPaths(program: string): string[] {
  const prefix = directoryOf(directoryOf(program));
  return [
    absoluteIn(prefix, 'etc/supervisord.conf'),
    absoluteIn(prefix, 'supervisord.conf'),
    'supervisord.conf',
    'etc/supervisord.conf',
    ...serviceConfigPaths,
  ];
}
