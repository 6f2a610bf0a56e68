// What a daemon takes without a word and somebody hardly meant: options given twice, and commands that need a shell.
import type { Bilingual } from './config.ts';
import { type Diagnostic, nothingKnown } from './diagnostic.ts';
import type { IniDocument, Section, Setting } from './dialect.ts';

export function suspiciousOptions(document: IniDocument): Diagnostic[] {
  const programs = [...document.sections.values()].filter(({ name }) => programSection.test(name));
  return [
    ...document.overridden.map(givenTwice),
    ...programs.flatMap((section) => {
      const command = document.setting(section, 'command');
      return command ? aboutCommand(section, command) : [];
    }),
  ];
}

const programSection = /^(?:program|fcgi-program|eventlistener):/;

function givenTwice({ earlier, later }: { readonly earlier: Setting; readonly later: Setting }): Diagnostic {
  const { file, line } = earlier.position;
  return {
    ...nothingKnown,
    severity: 'warning',
    message: `option ${later.key} is given again; what ${file}:${line} says does not count`,
    position: later.position,
    key: later.key,
    remedy: { en: 'one of the two is too many', zh: '请删去其中一处' },
  };
}

interface Suspicion {
  /** In the command without what stands in quotes. */
  readonly pattern: RegExp;
  message(found: string): string;
  readonly remedy: Bilingual;
}

/** A command is split into words and executed; there is no shell. */
const suspicions: readonly Suspicion[] = [
  {
    pattern: /["']/,
    message: (quote) => `the quote ${quote} is not closed: the program cannot be started`,
    remedy: {
      en: 'an end for each quote; a blank and ; begin a comment, even in quotes',
      zh: '引号要成对；空白后的 ; 即使在引号内也是注释的开始',
    },
  },
  {
    pattern: /(?<=^\s*)(?:cd|source|export|ulimit|\.|exec|set)(?=\s)/,
    message: (word) => `${word} is a word of the shell, and command is not run by one`,
    remedy: {
      en: "directory=, environment=, the full path of the environment's program, or /bin/sh -c '…'",
      zh: "用 directory=、environment=、虚拟环境中程序的完整路径，或 /bin/sh -c '…'",
    },
  },
  {
    pattern: /(?<=^\s*)[A-Za-z_]\w*=\S*(?=\s)/,
    message: (word) => `${word} is taken for the program, as command is not run by a shell`,
    remedy: { en: 'environment=KEY="value"', zh: '用 environment=KEY="value"' },
  },
  {
    pattern: /(?<=\s)(?:&>|\d?>>?)(?:&\d|\S*)(?=\s|$)/,
    message: (word) => `${word} is passed on as an argument, as command is not run by a shell`,
    remedy: {
      en: "stdout_logfile=, redirect_stderr=true, or /bin/sh -c '…'",
      zh: "用 stdout_logfile=、redirect_stderr=true，或 /bin/sh -c '…'",
    },
  },
  {
    pattern: /(?<=\s)(?:&&?|\|\|?)(?=\s|$)/,
    message: (word) => `${word} is passed on as an argument, as command is not run by a shell`,
    remedy: {
      en: "/bin/sh -c '…', or nothing for a & at the end",
      zh: "用 /bin/sh -c '…'；末尾的 & 请删去",
    },
  },
  {
    pattern: /(?<=^\s*|\s)~(?=[/\s]|$)[^\s]*/,
    message: (word) => `${word} stays as it is, as command is not run by a shell`,
    remedy: { en: 'the full path', zh: '用完整路径' },
  },
  {
    pattern: /\$(?:[A-Z_][A-Z0-9_]*|\{[A-Z_][A-Z0-9_]*\})/,
    message: (word) => `${word} stays as it is, as command is not run by a shell`,
    remedy: { en: "%(ENV_NAME)s, or /bin/sh -c '…'", zh: "用 %(ENV_NAME)s，或 /bin/sh -c '…'" },
  },
  {
    pattern: /[“”‘’\u00a0\u3000]/,
    message: (character) =>
      `the character U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')} is neither a quote nor a blank here`,
    remedy: { en: 'ASCII quotes and blanks', zh: '用英文（半角）引号和空格' },
  },
];

function aboutCommand(section: Section, { key, text, position }: Setting): Diagnostic[] {
  const bare = text.replace(/\\.|"(?:\\.|[^"\\])*"|'[^']*'/gs, (quoted) => '_'.repeat(quoted.length));
  return suspicions.flatMap(({ pattern, message, remedy }) => {
    const found = pattern.exec(bare)?.[0];
    if (found === undefined) return [];
    return [
      {
        ...nothingKnown,
        severity: 'warning' as const,
        message: message(found),
        ...{ position, section: section.name, key, text: null, remedy },
      },
    ];
  });
}
