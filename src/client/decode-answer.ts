// Checks that the answers of a server, which may send anything, have the types of the interface.
import { isArray, isStruct, type RpcStruct, type RpcValue } from '../xmlrpc/value.ts';

/** The response does not have the type of the interface. */
export class UnexpectedAnswerError extends Error {
  override readonly name = 'UnexpectedAnswerError';
}

export function decodeArray<Item>(value: RpcValue, decode: (item: RpcValue) => Item): Item[] {
  if (!isArray(value)) throw new UnexpectedAnswerError('the server did not answer with an array');
  return value.map(decode);
}

export function decodeText(value: RpcValue): string {
  if (typeof value !== 'string') throw new UnexpectedAnswerError('the server did not answer with a string');
  return value;
}

export function decodeNumber(value: RpcValue): number {
  if (typeof value !== 'number') throw new UnexpectedAnswerError('the server did not answer with a number');
  return value;
}

export function decodeStruct(value: RpcValue): RpcStruct {
  if (!isStruct(value)) throw new UnexpectedAnswerError('the server did not answer with a struct');
  return value;
}

/** The members of a struct; those below throw UnexpectedAnswerError if a member has another type. */
export function textMember(struct: RpcStruct, member: string): string {
  const value = struct[member];
  return typeof value === 'string' ? value : missing(member);
}

export function numberMember(struct: RpcStruct, member: string): number {
  const value = struct[member];
  return typeof value === 'number' ? value : missing(member);
}

/** Null if the member is missing. */
export function optionalNumberMember(struct: RpcStruct, member: string): number | null {
  return member in struct ? numberMember(struct, member) : null;
}

export function flagMember(struct: RpcStruct, member: string): boolean {
  const value = struct[member];
  return typeof value === 'boolean' ? value : missing(member);
}

function missing(member: string): never {
  throw new UnexpectedAnswerError(`the server's answer has no usable ${member}`);
}
