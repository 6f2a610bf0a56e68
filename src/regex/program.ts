// Compiles an expression into the program of a nondeterministic automaton (Thompson's construction), bounded in size.
import type { CodePoints } from './code-points.ts';
import { ExpressionError } from './expression-error.ts';
import type { Assertion, Expression } from './syntax.ts';

export type Instruction =
  | { readonly do: 'take'; readonly of: CodePoints; readonly next: number }
  | { readonly do: 'fork'; readonly next: number; readonly other: number }
  | { readonly do: 'assert'; readonly that: Assertion; readonly next: number }
  | { readonly do: 'match' };

export interface Program {
  readonly instructions: readonly Instruction[];
  readonly start: number;
  /** The only match instruction. */
  readonly match: number;
  readonly hasWordBoundaries: boolean;
}

/** Bounds the work for one character. */
const maxInstructions = 512;
/** Repetitions of nothing add no instructions. */
const maxVisits = 16 * maxInstructions;

/** Throws ExpressionError when it is too large. */
export function compile(expression: Expression): Program {
  const compiler = new Compiler();
  const match = compiler.emit({ do: 'match' });
  const start = compiler.add(expression, match);
  const { instructions } = compiler;
  const hasWordBoundaries = instructions.some(
    (each) => each.do === 'assert' && (each.that === 'wordBoundary' || each.that === 'noWordBoundary'),
  );
  return { instructions, start, match, hasWordBoundaries };
}

class Compiler {
  readonly instructions: Instruction[] = [];
  #visits = 0;

  /** Returns the index of the first instruction of `expression`, after which `next` is executed. */
  add(expression: Expression, next: number): number {
    this.#visits += 1;
    if (this.#visits > maxVisits) throw tooLarge();
    switch (expression.kind) {
      case 'character':
        return this.emit({ do: 'take', of: expression.of, next });
      case 'assertion':
        return this.emit({ do: 'assert', that: expression.of, next });
      case 'sequence':
        return expression.parts.reduceRight((after, part) => this.add(part, after), next);
      case 'choice':
        return expression.options
          .map((option) => this.add(option, next))
          .reduce((other, option) => this.emit({ do: 'fork', next: option, other }));
      case 'repeat':
        return this.#repeat(expression, next);
    }
  }

  emit(instruction: Instruction): number {
    if (this.instructions.length === maxInstructions) throw tooLarge();
    return this.instructions.push(instruction) - 1;
  }

  #repeat({ body, min, max }: Extract<Expression, { kind: 'repeat' }>, next: number): number {
    let entry = max === null ? this.#loop(body, next) : next;
    for (let count = min; count < (max ?? min); count += 1)
      entry = this.emit({ do: 'fork', next: this.add(body, entry), other: next });
    for (let count = 0; count < min; count += 1) entry = this.add(body, entry);
    return entry;
  }

  #loop(body: Expression, next: number): number {
    const fork = this.emit({ do: 'fork', next, other: next });
    this.instructions[fork] = { do: 'fork', next: this.add(body, fork), other: next };
    return fork;
  }
}

function tooLarge(): ExpressionError {
  return new ExpressionError('too large: fewer or smaller repetitions');
}
