// Why an expression is refused.

export type ExpressionProblem =
  | 'longer than 1000 characters'
  | 'too large: fewer or smaller repetitions'
  | ') without ('
  | '( without )'
  | '[ without ]'
  | '\\ at the end'
  | 'nothing to repeat'
  | 'two repetitions in a row'
  | 'more than 1000 repetitions'
  | 'repetition with a maximum below its minimum'
  | 'unknown kind of group'
  | '(?i) is supported at the beginning only'
  | 'lookahead is not supported'
  | 'lookbehind and named groups are not supported'
  | 'backreferences are not supported'
  | 'unknown escape'
  | 'hexadecimal digits expected: \\xHH or \\uHHHH'
  | 'empty class: a bracket in a class is written \\]'
  | 'named classes are not supported: write \\d, \\w, \\s or a range'
  | 'invalid range';

/** The expression is invalid or not supported. The message does not repeat the expression. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';

  /** `character`: where in the expression, from 1; null for all of it. */
  constructor(
    readonly problem: ExpressionProblem,
    readonly character: number | null = null,
  ) {
    super(character === null ? problem : `${problem}, at character ${character}`);
  }
}
