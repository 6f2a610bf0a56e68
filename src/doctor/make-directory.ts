// Commands that create a missing directory.
import { shellWord } from './finding.ts';

/** /run is emptied at boot: there systemd has to recreate it (tmpfiles.d(5)). */
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

/** Escapes percent signs, which are specifiers, and quotes blanks, which separate fields. */
function field(path: string): string {
  const literal = path.replaceAll('%', '%%');
  return /[\s"'\\]/.test(literal) ? JSON.stringify(literal) : literal;
}
