// Logs in directories that other users can change. The daemon follows no link of theirs, but they can read the log,
// truncate it or replace it, so the administrator should know.
import type { UntrustedDirectory } from '../../linux/guarded-path.ts';
import type { Bilingual } from '../config.ts';
import type { Diagnostic } from '../diagnostic.ts';
import type { Section, Setting } from '../dialect.ts';
import type { ConfigHost } from '../host.ts';
import { toAbsolute } from '../values/paths.ts';
import { aboutSetting, commands, type Suspect } from './suspect.ts';

/** One warning per directory, at the first log in it. Only a root daemon has rights to abuse. */
export function openLogDirectories(suspect: Suspect): Diagnostic[] {
  const { config, host } = suspect;
  if (host.uid !== 0 || (config.supervisord.user?.uid ?? 0) !== 0) return [];
  const told = new Set<string>();
  return logs(suspect).flatMap(({ section, setting, path }) => {
    const open = host.untrustedDirectory(path);
    if (open === null || told.has(open.path)) return [];
    told.add(open.path);
    return [warning(section, setting, path, open, host)];
  });
}

interface NamedLog {
  readonly section: Section;
  readonly setting: Setting;
  readonly path: string;
}

function logs(suspect: Suspect): NamedLog[] {
  const { document, config, host } = suspect;
  const named = (section: Section | undefined, key: string, path: string | null): NamedLog[] => {
    const setting = section && document.setting(section, key);
    return section && setting && path !== null ? [{ section, setting, path: toAbsolute(path, host) }] : [];
  };
  const { logfile } = config.supervisord;
  const ofDaemon = logfile.kind === 'file' ? logfile.path : null;
  return [
    ...named(document.sections.get('supervisord'), 'logfile', ofDaemon),
    ...commands(suspect).flatMap(({ section, process }) =>
      (['stdout', 'stderr'] as const).flatMap((channel) => {
        const { logfile } = process[channel];
        return named(section, `${channel}_logfile`, logfile.kind === 'file' ? logfile.path : null);
      }),
    ),
  ].filter(({ path }) => !/^\/(?:dev|proc)\//.test(path));
}

function warning(
  section: Section,
  setting: Setting,
  path: string,
  open: UntrustedDirectory,
  host: ConfigHost,
): Diagnostic {
  const who = editorOf(open, host);
  return aboutSetting(
    section,
    setting,
    {
      en: `${who.en} can change ${open.path}, and so what is at ${path}`,
      zh: `${who.zh}可以更改 ${open.path}，从而更改 ${path} 处的内容`,
    },
    {
      en: 'a directory that only root can change, such as /var/log/supervisor; links of other users are never followed as root',
      zh: '改用只有 root 能更改的目录，例如 /var/log/supervisor；其他用户的链接绝不会以 root 身份跟随',
    },
  );
}

/** `user www-data`, `group adm`, `every user`. */
function editorOf({ editor }: UntrustedDirectory, host: ConfigHost): Bilingual {
  switch (editor.kind) {
    case 'user': {
      const name = host.userById(editor.uid)?.name ?? editor.uid;
      return { en: `user ${name}`, zh: `用户 ${name} ` };
    }
    case 'group': {
      const name = host.groupById(editor.gid)?.name ?? editor.gid;
      return { en: `group ${name}`, zh: `组 ${name} ` };
    }
    case 'everyone':
      return { en: 'every user', zh: '所有用户都' };
  }
}
