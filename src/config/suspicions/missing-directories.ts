// `directory=` of programs that does not exist: supervisord accepts it, and each start fails with ENOENT.
import type { Diagnostic } from '../diagnostic.ts';
import { aboutSetting, commands, type Suspect } from './suspect.ts';

export function missingDirectories(suspect: Suspect): Diagnostic[] {
  const { document, host } = suspect;
  return commands(suspect).flatMap(({ section, process: { directory } }) => {
    const setting = document.setting(section, 'directory');
    if (!setting || !directory) return [];
    const isQuoted = /^["']|["']$/.test(directory);
    // Relative paths depend on the daemon's working directory.
    const fault = isQuoted || directory.startsWith('/') ? faultOf(host.factsOf(directory)) : null;
    if (fault === null) return [];
    const message = {
      absent: { en: `the directory ${directory} does not exist`, zh: `目录 ${directory} 不存在` },
      file: { en: `${directory} is a file, not a directory`, zh: `${directory} 是文件，不是目录` },
    }[fault];
    const remedy = isQuoted
      ? {
          en: 'the path without quotes: they belong to the value',
          zh: '不带引号的路径：引号会成为值的一部分',
        }
      : { en: 'a directory that exists when the program starts', zh: '程序启动时已存在的目录' };
    return [aboutSetting(section, setting, message, remedy, setting.text)];
  });
}

/** Null if nothing is wrong, or if that cannot be determined. */
function faultOf(facts: ReturnType<Suspect['host']['factsOf']>): 'absent' | 'file' | null {
  if (facts === 'unknown') return null;
  if (facts === 'absent') return 'absent';
  return facts.kind === 'directory' ? null : 'file';
}
