// Where supervisord and supervisorctl look for their configuration without -c.
import { ConfigError } from './config.ts';
import { absoluteIn, directoryOf } from './values/paths.ts';

/** Like `findConfig`, for supervisord, which requires a file. Throws ConfigError. */
export function requireConfig(program: string, exists: (path: string) => boolean): string {
  const found = findConfig(program, exists);
  if (found !== null) return found;
  throw new ConfigError(
    `No config file found at default paths (${searchPaths(program).join(', ')});` +
      ' use the -c option to specify a config file at a different path',
  );
}

/**
 * The first search path that exists; as in the original, a directory counts. `program`: the path of our executable as
 * invoked; the first two candidates are relative to it.
 */
export function findConfig(program: string, exists: (path: string) => boolean): string | null {
  return searchPaths(program).find((path) => exists(path)) ?? null;
}

/**
 * The path by which a program was invoked, like Python's sys.argv[0]. `argv0` is what the caller typed: a bare name
 * was found on PATH; if it is no longer there, fall back to `executable`.
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

/** Configuration of the machine's service: ours, then that of Debian's supervisor. */
export const serviceConfigPaths = ['/etc/supervisord.conf', '/etc/supervisor/supervisord.conf'] as const;

/** In search order. `program`: see `findConfig`. */
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
