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
 * `program`: argv[0], to which the two first candidates are relative.
 */
export function findConfig(program: string, exists: (path: string) => boolean): string | null {
  return searchPaths(program).find((path) => exists(path)) ?? null;
}

/** Where the configuration of a machine's service is: ours, then that of Debian's supervisor. */
export const serviceConfigPaths = ['/etc/supervisord.conf', '/etc/supervisor/supervisord.conf'] as const;

function searchPaths(program: string): string[] {
  const prefix = directoryOf(directoryOf(program));
  return [
    absoluteIn(prefix, 'etc/supervisord.conf'),
    absoluteIn(prefix, 'supervisord.conf'),
    'supervisord.conf',
    'etc/supervisord.conf',
    ...serviceConfigPaths,
  ];
}
