// Readable messages for invalid names, conditions and durations.
import type { Offence } from './config.ts';
import { didYouMean, nearest } from './edit-distance.ts';
import type { PlainWords, Rewording } from './rewording.ts';
import { conditions } from './values/dependencies.ts';

export const orderWords: readonly Rewording[] = [
  {
    pattern: /^not a duration from (\d+ms) to 366d: /,
    say: ([, least], { key, text }) => ({
      message:
        text === ''
          ? { en: `${key} has no value`, zh: `${key} 没有值` }
          : {
              en: `${text} is not a duration from ${least} to 366d`,
              zh: `${text} 不是 ${least} 到 366d 之间的时长`,
            },
    }),
  },
  {
    pattern: /^not a condition: ['"](.*)['"] \(/s,
    say: ([, word = ''], offence) => {
      const meant = nearest(word, conditions);
      return {
        message: {
          en: `there is no condition ${word === '' ? 'after =' : word}`,
          zh: word === '' ? '= 之后没有条件' : `没有条件 ${word}`,
        },
        ...part(offence, `=${word}`),
        remedy:
          meant === null ? { en: conditions.join(', '), zh: conditions.join('、') } : didYouMean(`=${meant}`),
      };
    },
  },
  {
    pattern: /^not the name of a process: ['"](.*)['"]$/s,
    say: ([, name = ''], offence) => ({
      message: {
        en: name === '' ? 'an empty name' : `${name} is not the name of a process`,
        zh: name === '' ? '名称为空' : `${name} 不是进程的名称`,
      },
      ...part(offence, name),
    }),
  },
  {
    pattern: /^not a program and its states: ['"](.*)['"]$/s,
    say: ([, text = ''], offence) => ({
      message: { en: `${text} is not a program with states`, zh: `${text} 不是“程序名:状态”` },
      ...part(offence, text),
    }),
  },
  {
    pattern: /^not states to wait for: ['"](.*)['"] \(/s,
    say: ([, text = ''], offence) => ({
      message: { en: `${text} cannot be waited for`, zh: `不能等待状态 ${text}` },
      ...part(offence, text),
      remedy: {
        en: 'running, starting, exited or exited,fatal',
        zh: 'running、starting、exited 或 exited,fatal',
      },
    }),
  },
];

/** A part of the value if it is written so, without names to expand or other blanks. */
function part({ text }: Offence, words: string): Pick<PlainWords, 'text'> {
  return words !== '' && text.includes(words) ? { text: words } : {};
}
