// How to make a directory that is missing, in lines to copy.
import { shellWord } from './finding.ts';

/** Under /run everything is gone at the next boot: systemd makes it again there (tmpfiles.d(5)). */
export function makeDirectory(directory: string, owner = 'root'): string {
  const isVolatile = /^\/(?:var\/)?run\//.test(directory);
  return [
    `mkdir -p ${shellWord(directory)}`,
    ...(owner === 'root' ? [] : [`chown ${shellWord(owner)} ${shellWord(directory)}`]),
    ...(isVolatile
      ? [`echo ${shellWord(`d ${field(directory)} 0755 ${owner} -`)} >>/etc/tmpfiles.d/supervisor.conf`]
      : []),
  ].join('\n');
}

/** A percent sign begins a specifier, and blanks end a field that is not quoted. */
function field(path: string): string {
  const literal = path.replaceAll('%', '%%');
  return /[\s"'\\]/.test(literal) ? JSON.stringify(literal) : literal;
}
