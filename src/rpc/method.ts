// What a method of the table is made of: its parameters, its documentation, its implementation.
// Decoding of arguments happens here, once, so that implementations get what they expect.

import type { RequestContext } from '../operations/context.ts';
import type { RpcValue } from '../xmlrpc/value.ts';

export type RpcTypeName = 'string' | 'int' | 'boolean' | 'array' | 'struct';

/** A parameter: how it is called, what is said about it, and how its value is read. */
export interface Param<T = unknown> {
  readonly name: string;
  readonly type: RpcTypeName;
  readonly text: string;
  /** True: may be left out, and is decoded from undefined then. */
  readonly optional: boolean;
  /** Throws RpcFault INCORRECT_PARAMETERS. */
  readonly decode: (value: RpcValue | undefined) => T;
}

export type Answer = RpcValue | Promise<RpcValue>;

interface Implementation {
  readonly params: readonly Param[];
  /** `values` are as many as there are parameters, or fewer by optional ones. Throws or rejects with RpcFault or OperationError. */
  readonly call: (context: RequestContext, values: readonly RpcValue[]) => Answer;
}

export interface Method extends Implementation {
  /** Sentences for methodHelp. */
  readonly help: string;
  readonly returns: { readonly type: RpcTypeName; readonly text: string };
  /** True: refused with SHUTDOWN_STATE while the supervisor stops or restarts. */
  readonly gated: boolean;
  /** True: only tells, changes nothing. */
  readonly safe: boolean;
}

export type MethodTable = ReadonlyMap<string, Method>;

export function noParams(run: (context: RequestContext) => Answer): Implementation {
  return { params: [], call: (context) => run(context) };
}

export function oneParam<A>(a: Param<A>, run: (context: RequestContext, a: A) => Answer): Implementation {
  return { params: [a], call: (context, [first]) => run(context, a.decode(first)) };
}

export function twoParams<A, B>(
  a: Param<A>,
  b: Param<B>,
  run: (context: RequestContext, a: A, b: B) => Answer,
): Implementation {
  return {
    params: [a, b],
    call: (context, [first, second]) => run(context, a.decode(first), b.decode(second)),
  };
}

export function threeParams<A, B, C>(
  a: Param<A>,
  b: Param<B>,
  c: Param<C>,
  run: (context: RequestContext, a: A, b: B, c: C) => Answer,
): Implementation {
  return {
    params: [a, b, c],
    call: (context, [first, second, third]) =>
      run(context, a.decode(first), b.decode(second), c.decode(third)),
  };
}

/** A method of the supervisor namespace that does something. */
export function method(
  help: string,
  returns: { readonly type: RpcTypeName; readonly text: string },
  implementation: Implementation,
): Method {
  return { help, returns, gated: true, safe: false, ...implementation };
}

/** A method of the supervisor namespace that only tells. */
export function query(
  help: string,
  returns: { readonly type: RpcTypeName; readonly text: string },
  implementation: Implementation,
): Method {
  return { ...method(help, returns, implementation), safe: true };
}
