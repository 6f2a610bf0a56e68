// Where supervisord and supervisorctl look for their file when nobody names one.

/**
 * The first existing of the customary paths; a directory counts as existing, as it always did.
 * `program`: argv[0], the two first candidates are relative to it.
 */
export function findConfig(program: string, exists: (path: string) => boolean): string | null {
  return searchPaths(program).find((path) => exists(path)) ?? null;
}

/** As they are shown when none of them is there. */
export function searchPaths(program: string): string[] {
  const prefix = directoryOf(directoryOf(program));
  return [
    join(prefix, 'etc/supervisord.conf'),
    join(prefix, 'supervisord.conf'),
    'supervisord.conf',
    'etc/supervisord.conf',
    '/etc/supervisord.conf',
    '/etc/supervisor/supervisord.conf',
  ];
}

function directoryOf(path: string): string {
  const slash = path.lastIndexOf('/');
  if (slash < 0) return '';
  return path.slice(0, slash).replace(/\/+$/, '') || '/';
}

function join(directory: string, name: string): string {
  return directory === '' || directory.endsWith('/') ? directory + name : `${directory}/${name}`;
}
