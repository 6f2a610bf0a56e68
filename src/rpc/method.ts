// The definition of a method: parameters, documentation, implementation.
// Arguments are decoded here, once, so that implementations get typed values.

import type { RequestContext } from '../operations/context.ts';
import type { RpcValue } from '../xmlrpc/value.ts';

export type RpcTypeName = 'string' | 'int' | 'boolean' | 'array' | 'struct';

/** A parameter: its name, its documentation, its decoder. */
export interface Param<T = unknown> {
  readonly name: string;
  readonly type: RpcTypeName;
  readonly text: string;
  /** True: may be omitted, and is then decoded from undefined. */
  readonly optional: boolean;
  /** Throws RpcFault INCORRECT_PARAMETERS. */
  readonly decode: (value: RpcValue | undefined) => T;
}

export type Answer = RpcValue | Promise<RpcValue>;

interface Implementation {
  readonly params: readonly Param[];
  /**
   * `values` has one element per parameter, without omitted optional ones. Throws or rejects with RpcFault or
   * OperationError.
   */
  readonly call: (context: RequestContext, values: readonly RpcValue[]) => Answer;
}

export interface Method extends Implementation {
  /** Documentation for methodHelp. */
  readonly help: string;
  readonly returns: { readonly type: RpcTypeName; readonly text: string };
  /** True: refused with SHUTDOWN_STATE while the supervisor shuts down or restarts. */
  readonly gated: boolean;
  /** True: read-only. */
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

/** A method of the supervisor namespace that changes something. */
export function method(
  help: string,
  returns: { readonly type: RpcTypeName; readonly text: string },
  implementation: Implementation,
): Method {
  return { help, returns, gated: true, safe: false, ...implementation };
}

/** A read-only method of the supervisor namespace. */
export function query(
  help: string,
  returns: { readonly type: RpcTypeName; readonly text: string },
  implementation: Implementation,
): Method {
  return { ...method(help, returns, implementation), safe: true };
}
