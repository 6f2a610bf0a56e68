// What is wrong with a regular expression, in Chinese.
import type { ExpressionProblem } from '../regex/expression-error.ts';

/** `message`: that of an ExpressionError. */
export function inChinese(message: string): string {
  const [, problem = message, character] = /^(.*), at character (\d+)$/.exec(message) ?? [];
  const words = isKnown(problem) ? chinese[problem] : problem;
  return character === undefined ? words : `${words}（第 ${character} 个字符处）`;
}

function isKnown(problem: string): problem is ExpressionProblem {
  return Object.hasOwn(chinese, problem);
}

const chinese: Readonly<Record<ExpressionProblem, string>> = {
  'longer than 1000 characters': '超过 1000 个字符',
  'too large: fewer or smaller repetitions': '规模过大，请减少重复次数',
  ') without (': '多余的 )',
  '( without )': '( 没有对应的 )',
  '[ without ]': '[ 没有对应的 ]',
  '\\ at the end': '末尾是单独的 \\',
  'nothing to repeat': '量词前没有可重复的内容',
  'two repetitions in a row': '连续使用了两个量词',
  'more than 1000 repetitions': '重复次数超过 1000',
  'repetition with a maximum below its minimum': '重复次数的上限小于下限',
  'unknown kind of group': '未知的分组语法',
  '(?i) is supported at the beginning only': '(?i) 只能写在开头',
  'lookahead is not supported': '不支持前瞻断言',
  'lookbehind and named groups are not supported': '不支持后顾断言和命名分组',
  'backreferences are not supported': '不支持反向引用',
  'unknown escape': '未知的转义',
  'hexadecimal digits expected: \\xHH or \\uHHHH': '应为十六进制数字：\\xHH 或 \\uHHHH',
  'empty class: a bracket in a class is written \\]': '空的字符类；类中的方括号写作 \\]',
  'named classes are not supported: write \\d, \\w, \\s or a range':
    '不支持命名字符类，请写 \\d、\\w、\\s 或范围',
  'invalid range': '范围无效',
};
