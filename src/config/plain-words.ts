// Readable messages for invalid values; the original's messages expose Python and its libraries.
import { signalNames } from '../linux/signals.ts';
import type { ConfigError } from './config.ts';
import { didYouMean, nearest } from './edit-distance.ts';
import { inChinese } from './expression-problems.ts';
import { orderWords } from './order-words.ts';
import { readinessWords } from './readiness-words.ts';
import type { PlainWords, Rewording } from './rewording.ts';
import { firstLoss } from './values/environment-list.ts';
import { unusableExpression } from './values/readiness.ts';
import { byteSize, logLevels } from './values/scalars.ts';

/** A clearer message if there is one; otherwise the original's without its position, which is shown separately. */
export function inPlainWords({ message, offence }: ConfigError): PlainWords {
  const bare = message.replace(/ in section (?:'.*'|".*") \(file: .*\)$/s, '');
  if (offence === null) return { message: { en: bare, zh: bare } };
  if (offence.message) return { message: offence.message };
  for (const { pattern, say } of table) {
    const words = pattern.exec(bare);
    const said = words && say(words, offence);
    if (said) return said;
  }
  const { key, text } = offence;
  if (text === '') return { message: { en: bare, zh: `选项 ${key} 缺失或没有值` } };
  return { message: { en: bare, zh: `选项 ${key} 的值无效：${text}` } };
}

const table: readonly Rewording[] = [
  ...orderWords,
  ...readinessWords,
  {
    pattern: /^invalid literal for int\(\) with base 10/,
    say: (_, { text, expected }) => (expected.en === byteSize.expects.en ? badSize(text) : badNumber(text)),
  },
  {
    pattern: /^Unexpected end of key\/value pairs/,
    say: (_, { text }) => {
      const loss = firstLoss(text);
      if (loss === null) return null;
      return {
        message: {
          en: `the value of ${loss.key} ends before ${JSON.stringify(loss.lost)}`,
          zh: `${loss.key} 的值到 ${JSON.stringify(loss.lost)} 之前就结束了`,
        },
        remedy: { en: `quotes around it: ${loss.key}="…"`, zh: `给值加引号：${loss.key}="…"` },
      };
    },
  },
  {
    pattern: /^value .* is not a valid signal n(?:ame|umber)$/s,
    say: (_, { text }) => {
      const meant = nearest(text.trim().toUpperCase().replace(/^SIG/, ''), signalNames());
      return {
        message: { en: `unknown signal ${text}`, zh: `没有名为 ${text} 的信号` },
        ...(meant === null ? {} : { remedy: didYouMean(meant) }),
      };
    },
  },
  {
    pattern: /^bad logging level name/,
    say: (_, { text }) => {
      const word = text.toLowerCase();
      const meant = logLevels.find((level) => level.startsWith(word.slice(0, 4))) ?? nearest(word, logLevels);
      if (word === '' || meant === null) return null;
      return {
        message: { en: `unknown log level ${text}`, zh: `没有日志级别 ${text}` },
        remedy: didYouMean(meant),
      };
    },
  },
  {
    pattern: new RegExp(`^${unusableExpression}: (.*)$`, 's'),
    say: ([, problem = '']) => ({
      message: { en: `${unusableExpression}: ${problem}`, zh: `正则表达式不可用：${inChinese(problem)}` },
      remedy: {
        en: 'a regular expression without lookaround and backreferences, see docs/readiness.md',
        zh: '不含环视与反向引用的正则表达式，见 docs/readiness.zh-CN.md',
      },
    }),
  },
  {
    pattern: /names unknown program or fcgi-program (.*)$/s,
    say: ([, name = '']) => ({
      message: { en: `there is no [program:${name}]`, zh: `没有 [program:${name}] 这一节` },
      text: name,
      remedy: {
        en: 'names of programs in this configuration or its included files',
        zh: '本配置或 [include] 所包含文件中的程序名称',
      },
    }),
  },
  {
    pattern: /^Format string .* contains names \((.*)\) which cannot be expanded\. Available names: (.*)$/s,
    say: ([, unknown = '', available = '']) => {
      const name = unknown.replaceAll(/^['"]|['"]$/g, '');
      const known = available.split(', ').filter((each) => !each.startsWith('ENV_'));
      return {
        message: name.startsWith('ENV_')
          ? {
              en: `the environment has no variable ${name.slice('ENV_'.length)}`,
              zh: `环境中没有变量 ${name.slice('ENV_'.length)}`,
            }
          : { en: `unknown name %(${name})s`, zh: `此处不能使用 %(${name})s` },
        text: `%(${name})`,
        remedy: {
          en: `one of ${[...known, 'ENV_NAME'].map((each) => `%(${each})s`).join(', ')}`,
          zh: `${[...known, 'ENV_NAME'].map((each) => `%(${each})s`).join('、')} 之一`,
        },
      };
    },
  },
  {
    pattern: /^Format string .* is badly formatted/s,
    say: (_, { text }) => {
      const bad = /(?<!%)(?:%%)*(%(?!%|\([^)]*\)[-#0 +]*\d*(?:\.\d+)?[a-zA-Z])(?:\([^)]*\)?|.?))/s.exec(
        text,
      )?.[1];
      if (bad === undefined) return null;
      if (bad.startsWith('%('))
        return {
          message: { en: `${bad} is not a name`, zh: `${bad} 不是可用的名称` },
          text: bad,
          remedy: { en: '%(name)s', zh: '%(name)s' },
        };
      return {
        message: {
          en: `a literal percent sign is written %%, so ${bad} is invalid`,
          zh: `百分号须写作 %%，${bad} 无效`,
        },
        text: bad,
        remedy: { en: `%${bad}`, zh: `%${bad}` },
      };
    },
  },
];

function badNumber(text: string): PlainWords {
  return { message: { en: `${quoted(text)} is not a whole number`, zh: `${quoted(text)} 不是整数` } };
}

function badSize(text: string): PlainWords {
  const message = { en: `${quoted(text)} is not a size`, zh: `${quoted(text)} 不是有效的大小` };
  const [, number = '', unit = ''] = /^([\d_]+)\s*([kmgt]?)i?b?(?:ytes?)?$/i.exec(text) ?? [];
  if (number === '') return { message };
  const meant =
    unit === ''
      ? number
      : unit.toLowerCase() === 't'
        ? `${Number(number) * 1024}GB`
        : `${number}${unit.toUpperCase()}B`;
  return { message, remedy: didYouMean(meant) };
}

function quoted(text: string): string {
  return text === '' ? '""' : text;
}
