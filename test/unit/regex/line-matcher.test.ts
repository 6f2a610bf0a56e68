// Which line an expression matches: against JavaScript's RegExp where that is fast, in counted steps where it is not.
import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import fc from 'fast-check';
import { LineMatcher } from '../../../src/regex/line-matcher.ts';

// Much work on a busy machine.
setDefaultTimeout(60_000);

/** Whether one of the lines matches. */
function matches(expression: string, text: string | Uint8Array): boolean {
  return new LineMatcher(expression).feed(Buffer.from(text));
}

describe('an expression', () => {
  test.each([
    ['Ready to accept connections', '1:M 29 Nov * Ready to accept connections tcp\n'],
    ['^listening on [\\w.]+:\\d{1,5}$', 'listening on db.example:5432\n'],
    ['(?i)server (started|UP) in [^ ]+', 'Server STARTED in 12ms\n'],
    ['(?i)[^A-Z]!', 'x1!\n'],
    ['a{2}b{2,}c{0,1}$', 'aabbb\n'],
    ['{"state":"ready"}', '{"state":"ready"}\n'],
    ['\\x41\\u4e2d\\.\\/\\-', 'A中./-\n'],
    ['^服务已就绪.$', '服务已就绪🚀\n'],
    ['\\bup\\b', 'it is up!\n'],
    ['\\Bup\\B', 'supper\n'],
    ['^[\\]a-]+$', ']a-\n'],
    ['^[\\w-]+$', 'a-b\n'],
    ['a+?b??$', 'aa\n'],
    ['^$', 'a\n\n'],
    ['', '\n'],
    ['^ready$', 'loading 100%\rready\n'],
    ['^ready$', 'ready\r\n'],
    ['a\\tb', 'a\tb\n'],
    ['(?:a|)b', 'b\n'],
  ])('%p matches a line of %p', (expression, text) => {
    expect(matches(expression, text)).toBe(true);
  });

  test.each([
    ['ready', 'ready'],
    ['ready$', 'ready or not\n'],
    ['^ready', 'not ready\n'],
    ['a.b', 'a\nb\n'],
    ['a\\nb', 'a\nb\n'],
    ['\\bup\\b', 'upper\n'],
    ['(?i)[^a]', 'A\n'],
    ['^.$', 'ab\n'],
    ['a{2,3}b', 'ab\n'],
    ['[^\\d\\s]', '1 2\n'],
  ])('%p matches no line of %p', (expression, text) => {
    expect(matches(expression, text)).toBe(false);
  });

  test('takes a byte that is not UTF-8 for one unknown character', () => {
    const text = Buffer.concat([Buffer.from('caf'), Buffer.of(0xe9), Buffer.from(' ready\n')]);
    expect(matches('^caf. ready$', text)).toBe(true);
    expect(matches('^caf ready$', text)).toBe(false);
  });

  test('sees the text as it is, control sequences of a terminal included', () => {
    expect(matches('^\\x1b\\[32mready', '\u001b[32mready\u001b[0m\n')).toBe(true);
    expect(matches('^ready$', '\u001b[32mready\u001b[0m\n')).toBe(false);
  });
});

describe('an expression that cannot be matched in linear time, or is wrong', () => {
  test.each([
    ['(a)\\1', 'backreferences are not supported, at character 4'],
    ['(?=a)', 'lookahead is not supported, at character 1'],
    ['x(?!a)', 'lookahead is not supported, at character 2'],
    ['(?<=a)b', 'lookbehind and named groups are not supported, at character 1'],
    ['(?<name>a)', 'lookbehind and named groups are not supported, at character 1'],
    ['a(?i)b', '(?i) is supported at the beginning only, at character 2'],
    ['(?>a)', 'unknown kind of group, at character 1'],
    ['(a', '( without ), at character 1'],
    ['a)', ') without (, at character 2'],
    ['[a', '[ without ], at character 1'],
    ['[]', 'empty class: a bracket in a class is written \\], at character 1'],
    ['[^]a]', 'empty class: a bracket in a class is written \\], at character 1'],
    ['[b-a]', 'invalid range, at character 2'],
    ['[a-\\d]', 'invalid range, at character 2'],
    ['[[:digit:]]', 'named classes are not supported: write \\d, \\w, \\s or a range, at character 2'],
    ['*a', 'nothing to repeat, at character 1'],
    ['a|+', 'nothing to repeat, at character 3'],
    ['^*', 'nothing to repeat, at character 1'],
    ['\\b+', 'nothing to repeat, at character 1'],
    ['a**', 'two repetitions in a row, at character 3'],
    ['a++', 'two repetitions in a row, at character 3'],
    ['{2}', 'nothing to repeat, at character 1'],
    ['a{3,2}', 'repetition with a maximum below its minimum, at character 2'],
    ['a{1001}', 'more than 1000 repetitions, at character 2'],
    ['\\q', 'unknown escape, at character 1'],
    ['\\pL', 'unknown escape, at character 1'],
    ['\\x4', 'hexadecimal digits expected: \\xHH or \\uHHHH, at character 1'],
    ['a\\', '\\ at the end, at character 2'],
    ['a{1000}{1000}', 'two repetitions in a row, at character 8'],
    ['(a{1000}){1000}', 'too large: fewer or smaller repetitions'],
    ['(((){1000}){1000}){1000}', 'too large: fewer or smaller repetitions'],
    ['a'.repeat(600), 'too large: fewer or smaller repetitions'],
    ['('.repeat(1001), 'longer than 1000 characters'],
  ])('%p is refused: %s', (expression, message) => {
    expect(() => new LineMatcher(expression)).toThrow(new Error(message));
  });

  test('is refused and does not overflow the stack, however deep its groups', () => {
    expect(() => new LineMatcher('('.repeat(1000))).toThrow('( without )');
    expect(matches(`${'('.repeat(450)}a${')'.repeat(450)}`, 'a\n')).toBe(true);
  });
});

test('a matcher whose snapshot is of another program begins with a new line', () => {
  const first = new LineMatcher('^ready$');
  first.feed(Buffer.from('rea'));
  const other = new LineMatcher('^(?:ready|dy)$');
  other.restore(first.snapshot());
  expect(other.feed(Buffer.from('dy\n'))).toBe(true);
});

const character = fc.constantFrom('a', 'b', 'A', '1', '_', ' ', '.', 'é', '中', '🚀', '\t', '-');
const literal = character.map((each) => each.replace('.', '\\.'));
const member = character.map((each) => each.replace('-', '\\-'));
const set = fc.constantFrom('\\d', '\\D', '\\w', '\\W', '\\s', '\\S');
const range = fc.constantFrom('a-z', '0-9', 'b-é', '一-龥');
const charClass = fc
  .tuple(fc.constantFrom('', '^'), fc.array(fc.oneof(member, set, range), { minLength: 1, maxLength: 3 }))
  .map(([negation, members]) => `[${negation}${members.join('')}]`);
const quantifier = fc.constantFrom(
  '',
  '',
  '',
  '*',
  '+',
  '?',
  '{0}',
  '{2}',
  '{1,}',
  '{0,2}',
  '{1,3}',
  '*?',
  '+?',
);

const { expression } = fc.letrec<{ expression: string; sequence: string; part: string }>((tie) => ({
  expression: fc.array(tie('sequence'), { minLength: 1, maxLength: 3 }).map((each) => each.join('|')),
  sequence: fc.array(tie('part'), { maxLength: 3 }).map((each) => each.join('')),
  part: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.tuple(fc.oneof(literal, set, charClass, fc.constant('.')), quantifier).map((each) => each.join('')),
    fc.constantFrom('^', '$', '\\b', '\\B'),
    fc
      .tuple(fc.constantFrom('(', '(?:'), tie('expression'), quantifier)
      .map(([open, inner, repeated]) => `${open}${inner})${repeated}`),
  ),
}));

/** Bytes of a line; some are not UTF-8. */
const line = fc
  .array(
    fc.oneof(
      { weight: 9, arbitrary: character.map((each) => Buffer.from(each)) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(0x80, 0xc3, 0xe4, 0xed, 0xf0, 0xff).map((byte) => Buffer.of(byte)),
      },
    ),
    { maxLength: 7 },
  )
  .map((pieces) => Buffer.concat(pieces));
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

describe('every expression', () => {
  test('matches what it matches in JavaScript, wherever the text is cut into chunks', () => {
    const counts = { matched: 0, unmatched: 0 };
    fc.assert(
      fc.property(
        expression.filter((each) => each.length < 60),
        fc.constantFrom('', '(?i)'),
        fc.array(line, { minLength: 1, maxLength: 3 }),
        fc.array(fc.nat(30), { maxLength: 3 }),
        (source, prefix, lines, cuts) => {
          const oracle = new RegExp(source, prefix === '' ? 'su' : 'sui');
          const expected = lines.some((each) => oracle.test(decoder.decode(each)));
          counts[expected ? 'matched' : 'unmatched'] += 1;
          const matcher = new LineMatcher(prefix + source);
          const text = Buffer.concat(lines.flatMap((each) => [each, Buffer.from('\n')]));
          const bounds = [0, ...cuts.toSorted((a, b) => a - b), text.length];
          const found = bounds.some((start, index) =>
            matcher.feed(text.subarray(start, bounds[index + 1] ?? start)),
          );
          expect(found).toBe(expected);
        },
      ),
      { numRuns: 5000 },
    );
    expect(Math.min(counts.matched, counts.unmatched)).toBeGreaterThan(200);
  });
});

describe('the work for a line', () => {
  const kib64 = 64 * 1024;
  const letters = (count: number) => 'a'.repeat(count);

  test.each([
    '(a+)+$',
    '(a|a)*b',
    '.*.*.*x',
    '(a*)*b',
    '(.*)*$x',
    '(a|aa)+$b',
    'a?'.repeat(100) + letters(100),
  ])('%p is bounded by its length, though RegExp takes exponential time', (source) => {
    const matcher = new LineMatcher(source);
    matcher.feed(Buffer.from(`${letters(kib64)}!`));
    expect(matcher.cost).toBeLessThan(100_000);
  });

  test('is bounded by length and size of the expression, even if every character leads to a new state', () => {
    const matcher = new LineMatcher('(a|b)*a[ab]{450}$');
    let random = 1;
    const text = Array.from({ length: kib64 }, () => {
      random = (random * 48_271) % 0x7fffffff;
      return random % 2 === 0 ? 'a' : 'b';
    });
    matcher.feed(Buffer.from(text.join('')));
    expect(matcher.cost).toBeGreaterThan(100 * kib64);
    expect(matcher.cost).toBeLessThan(512 * kib64);
  });

  test('is one table look-up for each byte when all states are known', () => {
    const matcher = new LineMatcher('listening on [\\w.]+:\\d+$');
    const text = Buffer.from('2026-11-29 01:11:39 INFO request 12345 was done in 12 ms\n'.repeat(1000));
    matcher.feed(text);
    const first = matcher.cost;
    for (let round = 0; round < 10; round += 1) matcher.feed(text);
    expect(matcher.cost).toBe(first);
  });
});
