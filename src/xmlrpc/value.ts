// XML-RPC values as TypeScript types. Knows neither XML nor methods.

/**
 * A parameter or a result. Integers are `number`, beyond 2^53 `bigint`; a `number` with a fraction is a double; base64
 * becomes the text it encodes; a Date has no time zone on the wire and is read as UTC.
 */
export type RpcValue = string | number | bigint | boolean | null | Date | readonly RpcValue[] | RpcStruct;

/** Members in the order they are sent. */
export interface RpcStruct {
  readonly [name: string]: RpcValue;
}

export interface RpcCall {
  readonly method: string;
  readonly params: readonly RpcValue[];
}

export type RpcResponse =
  | { readonly kind: 'value'; readonly value: RpcValue }
  | { readonly kind: 'fault'; readonly code: number; readonly text: string };

export function isArray(value: RpcValue | undefined): value is readonly RpcValue[] {
  return Array.isArray(value);
}

export function isStruct(value: RpcValue | undefined): value is RpcStruct {
  return typeof value === 'object' && value !== null && !isArray(value) && !(value instanceof Date);
}

/** Size of the elements around a value or a member of a struct. */
const markupLength = 36;

/** The approximate size of a value as XML, in characters. */
export function sizeOf(value: RpcValue): number {
  if (typeof value === 'string') return markupLength + value.length;
  if (isArray(value)) return value.reduce<number>((sum, item) => sum + sizeOf(item), markupLength);
  if (!isStruct(value)) return markupLength;
  return Object.entries(value).reduce<number>(
    (sum, [name, member]) => sum + markupLength + name.length + sizeOf(member),
    markupLength,
  );
}

/** A string unchanged; any other value as JSON. */
export function textOf(value: RpcValue | undefined): string {
  return typeof value === 'string' ? value : (JSON.stringify(value, writeBigInt) ?? '');
}

function writeBigInt(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
