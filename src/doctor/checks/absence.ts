// Explains a user or directory that a value names and the machine lacks. Often the value itself is wrong; then no
// command is suggested, since it would create something unwanted.
import type { Absence } from '../../config/config.ts';
import type { Diagnostic } from '../../config/diagnostic.ts';
import { printable } from '../facts/printable.ts';
import { type Bilingual, both, type Finding } from '../finding.ts';
import { makeDirectory } from '../make-directory.ts';

/** Everything but the reason. Null if the value is invalid in any case; the advice is then what it should look like. */
export function explainAbsence(
  absence: Absence,
  { section, key, text }: Pick<Diagnostic, 'section' | 'key' | 'text'>,
): Omit<Finding, 'why'> | null {
  const thing = lacking(absence);
  if (thing === null) return null;
  const flaw = text === null ? null : explainFlaw(absence.kind, { section, key, text });
  return { ...thing, remedy: flaw ?? thing.remedy ?? wholePath };
}

/** What to change in a value that names something of this kind; null for one that could be right. */
export function explainFlaw(
  kind: Absence['kind'],
  { section, key, text }: Pick<Diagnostic, 'section' | 'key'> & { readonly text: string },
): Bilingual | null {
  const flaw = flawOf(text, kind);
  if (flaw === null) return null;
  const { meant, reason } = flaw;
  const isKnown = key !== null && meant !== '';
  const place = isKnown ? printable(`${section === null ? '' : `[${section}] `}${key}=${meant}   `) : '';
  return { en: `# ${place}(${reason.en})`, zh: `# ${place}（${reason.zh}）` };
}

interface Lacking {
  readonly id: Finding['id'];
  readonly what: Bilingual;
  /** Null: create nothing. */
  readonly remedy: Bilingual | null;
}

function lacking(absence: Absence): Lacking | null {
  switch (absence.kind) {
    case 'user':
      return absence.name === '' ? null : missingUser(absence.name);
    case 'user-id':
      return missingUserId(absence.id);
    case 'home':
      return {
        id: 'user-missing',
        what: {
          en: `user ${absence.name} does not exist, so ~${absence.name} has no meaning`,
          zh: `用户 ${absence.name} 不存在，因此没有 ~${absence.name} 这个主目录`,
        },
        remedy: null,
      };
    case 'directory':
      return missingDirectory(absence.path, absence.obstacle);
  }
}

/** Accepted by useradd(8) on every distribution. */
const userName = /^[a-z_][a-z0-9_-]{0,31}$/;

function missingUser(name: string): Lacking {
  return {
    id: 'user-missing',
    what: { en: `user ${name} does not exist`, zh: `用户 ${name} 不存在` },
    remedy: userName.test(name) ? both(`useradd --system --shell /usr/sbin/nologin ${name}`) : oneUser,
  };
}

/** The highest number means "no user". */
const lastUserId = 0xffff_fffe;

function missingUserId(id: number): Lacking {
  return {
    id: 'user-missing',
    what: { en: `no user has the number ${id}`, zh: `没有编号为 ${id} 的用户` },
    remedy:
      id > 0 && id <= lastUserId
        ? both(`useradd --system --uid ${id} --shell /usr/sbin/nologin NAME`)
        : oneUser,
  };
}

const oneUser: Bilingual = {
  en: "# user= takes one name or number; the groups are the user's",
  zh: '# user= 只接受一个用户名或编号；用户组即该用户所属的组',
};

const wholePath: Bilingual = { en: '# write the full path', zh: '# 请写完整路径' };

function missingDirectory(path: string, obstacle: string | null): Lacking {
  if (obstacle === null)
    return {
      id: 'directory-missing',
      what: { en: `the directory ${path} does not exist`, zh: `目录 ${path} 不存在` },
      remedy: both(makeDirectory(path)),
    };
  return {
    id: 'directory-missing',
    what: { en: `${obstacle} is a file, not a directory`, zh: `${obstacle} 是文件，不是目录` },
    remedy: {
      en: '# part of the path is a file: name another directory',
      zh: '# 路径中有一部分是文件：请换一个目录',
    },
  };
}

interface Flaw {
  readonly meant: string;
  readonly reason: Bilingual;
}

const flaws: readonly {
  /** Null for any. */
  readonly kinds: readonly Absence['kind'][] | null;
  readonly pattern: RegExp;
  readonly meant: string;
  readonly reason: Bilingual;
}[] = [
  {
    kinds: null,
    pattern: /[\n\r].*$/s,
    meant: '',
    reason: {
      en: 'an indented line belongs to the value above it',
      zh: '有缩进的行属于上一行的值',
    },
  },
  {
    kinds: null,
    pattern: /^(["'])(.*)\1(?:;.*)?$|^["'](.*)$|^(.*)["']$/,
    meant: '$2$3$4',
    reason: {
      en: 'quotes are part of the value: remove them',
      zh: '引号会成为值的一部分，请去掉',
    },
  },
  {
    kinds: null,
    pattern: /;.*$/,
    meant: '',
    reason: {
      en: 'a ; starts a comment only after a space; otherwise it is part of the value',
      zh: '只有前面有空白的 ; 才开始注释，否则属于值的一部分',
    },
  },
  {
    kinds: ['user', 'user-id'],
    pattern: /^#(?=\d+$)|(?<=^[\w-]+)[,:\s].*$/,
    meant: '',
    reason: {
      en: "one name or number; the groups are the user's",
      zh: '只写一个用户名或编号；用户组即该用户所属的组',
    },
  },
  {
    kinds: ['directory'],
    pattern: /\$\{?(\w+)\}?/g,
    meant: '%(ENV_$1)s',
    reason: {
      en: 'an environment variable is written %(ENV_NAME)s',
      zh: '环境变量写作 %(ENV_NAME)s',
    },
  },
];

/** The part of a value that is probably a mistake, and the value cleaned up. */
function flawOf(text: string, kind: Absence['kind']): Flaw | null {
  const possible = flaws.filter(({ kinds }) => kinds === null || kinds.includes(kind));
  const first = possible.find(({ pattern }) => text.search(pattern) >= 0);
  if (!first) return null;
  const meant = possible.reduce((value, flaw) => value.replace(flaw.pattern, flaw.meant).trim(), text);
  return { meant, reason: first.reason };
}
