// Parameters shared by several methods, with their decoders.
import { integerOrNull } from '../python/integer.ts';
import { RpcFault } from '../xmlrpc/faults.ts';
import { isArray, isStruct, type RpcValue, textOf } from '../xmlrpc/value.ts';
import type { Param, RpcTypeName } from './method.ts';

/** A process: `group:name` or `name`. */
export const processName = required('name', 'string', 'Process, as group:name or name', decodeText);
/** Like processName, or a whole group. */
export const processOrGroupName = required(
  'name',
  'string',
  'Process, as group:name or name; group:* for all of a group',
  decodeText,
);
/** Several of these, in any order. */
export const processOrGroupNames = required(
  'names',
  'array',
  'Processes, as group:name or name; group:* for all of a group',
  (value) => {
    if (!isArray(value)) throw new RpcFault('INCORRECT_PARAMETERS');
    return value.map(decodeText);
  },
);
export const groupName = required('name', 'string', 'Group', decodeText);
export const methodName = required('name', 'string', 'Method, with its namespace', decodeText);
export const offset = required(
  'offset',
  'int',
  'Where to begin, in bytes from the start of the log',
  decodeInteger,
);
export const length = required('length', 'int', 'How many bytes to read', decodeInteger);
export const signal = required('signal', 'string', 'Signal, by name or number', (value) => value ?? null);
export const characters = required(
  'chars',
  'string',
  'Text for the standard input',
  (value) => value ?? null,
);
export const eventType = required('type', 'string', 'Kind of the message, for listeners to go by', textOf);
export const eventData = required('data', 'string', 'Body of the message', textOf);
export const calls = required('calls', 'array', 'Structs of methodName and params', (value) => {
  if (!isArray(value)) throw new RpcFault('INCORRECT_PARAMETERS');
  return value;
});
export const wait: Param<boolean> = {
  name: 'wait',
  type: 'boolean',
  text: 'Answer when it is done, and not as soon as it is begun (true unless given)',
  optional: true,
  decode: (value) => value === undefined || isTruthy(value),
};

function required<T>(
  name: string,
  type: RpcTypeName,
  text: string,
  decode: (value: RpcValue | undefined) => T,
): Param<T> {
  return { name, type, text, optional: false, decode };
}

function decodeText(value: RpcValue | undefined): string {
  if (typeof value !== 'string') throw new RpcFault('INCORRECT_PARAMETERS');
  return value;
}

/** Anything that Python's int() accepts: `'4'`, `'1_0'`, 1.9, true. */
function decodeInteger(value: RpcValue | undefined): number {
  if (typeof value === 'number' && Number.isFinite(value)) return Math.trunc(value);
  if (typeof value === 'bigint' || typeof value === 'boolean') return Number(value);
  const number = typeof value === 'string' ? integerOrNull(value) : null;
  if (number === null) throw new RpcFault('INCORRECT_PARAMETERS');
  return number;
}

/** Truth as in Python: the string `false` is true, empty values are false. */
function isTruthy(value: RpcValue): boolean {
  if (isArray(value)) return value.length > 0;
  if (isStruct(value)) return Object.keys(value).length > 0;
  return Boolean(value);
}
