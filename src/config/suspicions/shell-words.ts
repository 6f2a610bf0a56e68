// Commands that use shell syntax: a command is split into words and executed without a shell.
import type { Bilingual } from '../config.ts';
import type { Diagnostic } from '../diagnostic.ts';
import type { IniDocument, Section, Setting } from '../dialect.ts';
import { aboutSetting, programSections } from './suspect.ts';

export function shellWords(document: IniDocument): Diagnostic[] {
  return programSections(document).flatMap((section) => {
    const command = document.setting(section, 'command');
    const ready = document.setting(section, 'ready');
    const [, probe] = /^\s*exec:(.*)$/s.exec(ready?.text ?? '') ?? [];
    return [
      ...(command ? aboutCommand(section, command, command.text, 'command') : []),
      ...(ready && probe !== undefined ? aboutCommand(section, ready, probe, 'ready=exec') : []),
    ];
  });
}

interface Suspicion {
  /** Applied to the command without its quoted parts. */
  readonly pattern: RegExp;
  /** `option`: where the command is. */
  message(found: string, option: string): Bilingual;
  readonly remedy: Bilingual;
}

const suspicions: readonly Suspicion[] = [
  {
    pattern: /["']/,
    message: (quote) => ({
      en: `the quote ${quote} is not closed: the program cannot be started`,
      zh: `引号 ${quote} 没有成对，程序无法启动`,
    }),
    remedy: {
      en: 'close every quote; a ; after a space starts a comment, even in quotes',
      zh: '引号要成对；空白后的 ; 即使在引号内也是注释的开始',
    },
  },
  {
    pattern: /(?<=^\s*)(?:cd|source|export|ulimit|\.|exec|set)(?=\s)/,
    message: (word, option) => ({
      en: `${word} is a shell command, but ${option} is not run by a shell`,
      zh: `${word} 是 shell 的命令，而 ${option} 不经过 shell 执行`,
    }),
    remedy: {
      en: "directory=, environment=, the full path of the environment's program, or /bin/sh -c '…'",
      zh: "用 directory=、environment=、虚拟环境中程序的完整路径，或 /bin/sh -c '…'",
    },
  },
  {
    pattern: /(?<=^\s*)[A-Za-z_]\w*=\S*(?=\s)/,
    message: (word, option) => ({
      en: `${word} is taken for the program: ${option} is not run by a shell`,
      zh: `${word} 会被当作要执行的程序，因为 ${option} 不经过 shell`,
    }),
    remedy: { en: 'environment=KEY="value"', zh: '用 environment=KEY="value"' },
  },
  {
    pattern: /(?<=\s)(?:&>|\d?>>?)(?:&\d|\S*)(?=\s|$)/,
    message: (word, option) => ({
      en: `${word} is passed to the program as an argument: ${option} is not run by a shell`,
      zh: `${word} 会作为参数传给程序，因为 ${option} 不经过 shell`,
    }),
    remedy: {
      en: "stdout_logfile=, redirect_stderr=true, or /bin/sh -c '…'",
      zh: "用 stdout_logfile=、redirect_stderr=true，或 /bin/sh -c '…'",
    },
  },
  {
    pattern: /(?<=\s)(?:&&|&(?!\s*$)|\|\|?)(?=\s|$)/,
    message: (word, option) => ({
      en: `${word} is passed to the program as an argument: ${option} is not run by a shell`,
      zh: `${word} 会作为参数传给程序，因为 ${option} 不经过 shell`,
    }),
    remedy: { en: "/bin/sh -c '…'", zh: "用 /bin/sh -c '…'" },
  },
  {
    pattern: /(?<=\s)&(?=\s*$)/,
    message: (word, option) => ({
      en: `${word} is passed to the program as an argument: ${option} is not run by a shell`,
      zh: `${word} 会作为参数传给程序，因为 ${option} 不经过 shell`,
    }),
    remedy: { en: 'no & at the end', zh: '末尾不写 &' },
  },
  {
    pattern: /(?<=^\s*|\s)~(?=[/\s]|$)[^\s]*/,
    message: (word, option) => ({
      en: `${word} is not expanded: ${option} is not run by a shell`,
      zh: `${word} 不会被展开，因为 ${option} 不经过 shell`,
    }),
    remedy: { en: 'the full path', zh: '用完整路径' },
  },
  {
    pattern: /\$(?:[A-Z_][A-Z0-9_]*|\{[A-Z_][A-Z0-9_]*\})/,
    message: (word, option) => ({
      en: `${word} is not expanded: ${option} is not run by a shell`,
      zh: `${word} 不会被展开，因为 ${option} 不经过 shell`,
    }),
    remedy: { en: "%(ENV_NAME)s, or /bin/sh -c '…'", zh: "用 %(ENV_NAME)s，或 /bin/sh -c '…'" },
  },
  {
    pattern: /[“”‘’\u00a0\u3000]/,
    message: (character) => ({
      en: `the character ${codePoint(character)} is neither a quote nor a blank here`,
      zh: `字符 ${codePoint(character)} 在这里既不是引号也不是空白`,
    }),
    remedy: { en: 'ASCII quotes and blanks', zh: '用英文（半角）引号和空格' },
  },
];

/** `text`: the command in `setting`. */
function aboutCommand(section: Section, setting: Setting, text: string, option: string): Diagnostic[] {
  const bare = text.replace(/\\.|"(?:\\.|[^"\\])*"|'[^']*'/gs, (quoted) => '_'.repeat(quoted.length));
  return suspicions.flatMap(({ pattern, message, remedy }) => {
    const match = pattern.exec(bare);
    if (match === null) return [];
    const [found] = match;
    // An excerpt underlines its first occurrence, which may be a quoted one.
    const isFirst = setting.text.indexOf(found) === setting.text.length - text.length + match.index;
    return [aboutSetting(section, setting, message(found, option), remedy, isFirst ? found : null)];
  });
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
