// Both streams of a program in one file.
import type { StreamConfig } from '../config.ts';
import type { Diagnostic } from '../diagnostic.ts';
import { toAbsolute } from '../values/paths.ts';
import { aboutSetting, commands, type Suspect } from './suspect.ts';

export function sharedLogs(suspect: Suspect): Diagnostic[] {
  const { document, host } = suspect;
  const pathOf = ({ logfile }: StreamConfig) =>
    logfile.kind === 'file' ? toAbsolute(logfile.path, host) : null;
  return commands(suspect).flatMap(({ section, process }) => {
    const path = pathOf(process.stdout);
    // Devices are not rotated, so both streams can share one.
    const rotates = process.stdout.rotation.maxBytes > 0 || process.stderr.rotation.maxBytes > 0;
    if (!rotates || path === null || path !== pathOf(process.stderr) || /^\/(?:dev|proc)\//.test(path))
      return [];
    const setting = document.setting(section, 'stderr_logfile');
    if (!setting) return [];
    return [
      aboutSetting(
        section,
        setting,
        {
          en: `standard output and standard error both go to ${path}`,
          zh: `标准输出和标准错误都写入 ${path}`,
        },
        {
          en: 'redirect_stderr=true instead of stderr_logfile keeps their order; Supervisor loses lines when both rotate one file',
          zh: '用 redirect_stderr=true 代替 stderr_logfile 可保持先后顺序；原版 Supervisor 中两者轮转同一文件会丢失内容',
        },
      ),
    ];
  });
}
