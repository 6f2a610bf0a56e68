// Commands whose program does not exist on this machine.
import type { ProcessConfig } from '../config.ts';
import type { Diagnostic } from '../diagnostic.ts';
import type { Section, Setting } from '../dialect.ts';
import type { ConfigHost } from '../host.ts';
import { absoluteIn } from '../values/paths.ts';
import { aboutSetting, commands, commandWords, type Suspect } from './suspect.ts';

export function missingPrograms(suspect: Suspect): Diagnostic[] {
  return commands(suspect).flatMap(({ section, command, process }) => {
    const { ready } = process.extensions;
    const probe = suspect.document.setting(section, 'ready');
    return [
      ...aboutCommand(section, command, process.command, process, suspect.host),
      ...(ready?.kind === 'exec' && probe
        ? aboutCommand(section, probe, ready.command, process, suspect.host)
        : []),
    ];
  });
}

/** `text`: the command in `setting`, expanded. */
function aboutCommand(
  section: Section,
  setting: Setting,
  text: string,
  process: ProcessConfig,
  host: ConfigHost,
): Diagnostic[] {
  const [program = ''] = commandWords(text);
  const fault = faultOf(program, process, host);
  if (fault === null) return [];
  const message = {
    absent: { en: `${program} is not on this machine`, zh: `本机没有 ${program}` },
    directory: { en: `${program} is a directory`, zh: `${program} 是目录` },
    notExecutable: { en: `${program} is not executable`, zh: `${program} 没有可执行权限` },
  }[fault];
  const remedy = {
    en: 'the full path of an executable program',
    zh: '可执行程序的完整路径',
  };
  return [aboutSetting(section, setting, message, remedy, program)];
}

/** Null also if unknown: a relative path, or a directory without search permission. */
function faultOf(
  program: string,
  process: ProcessConfig,
  host: ConfigHost,
): 'absent' | 'directory' | 'notExecutable' | null {
  if (program === '') return null;
  // Shell syntax, reported by shell-words.ts.
  if (/^(?:cd|source|export|ulimit|\.|exec|set|~.*|\$.*|[A-Za-z_]\w*=.*)$/.test(program)) return null;
  if (!program.includes('/')) return mayBeOnPath(program, process, host) ? null : 'absent';
  if (!program.startsWith('/')) return null;
  const facts = host.factsOf(program);
  if (facts === 'unknown') return null;
  if (facts === 'absent') return 'absent';
  if (facts.kind === 'directory') return 'directory';
  return (facts.mode & 0o111) === 0 ? 'notExecutable' : null;
}

/**
 * The daemon's PATH may differ from ours: a program in one of the usual directories counts as found. Relative and empty
 * elements of the program's own PATH are relative to `directory`, or else to the daemon's working directory, which is unknown.
 */
function mayBeOnPath(program: string, { environment, directory }: ProcessConfig, host: ConfigHost): boolean {
  const path = environment.PATH ?? `${host.env.PATH ?? ''}:${customaryPath}`;
  const base = directory?.startsWith('/') ? directory : null;
  return path.split(':').some((element) => {
    if (element.startsWith('/')) return host.factsOf(absoluteIn(element, program)) !== 'absent';
    if (environment.PATH === undefined) return false;
    return base === null || host.factsOf(absoluteIn(absoluteIn(base, element), program)) !== 'absent';
  });
}

const customaryPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
