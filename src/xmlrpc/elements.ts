// The value of each XML-RPC element, from its text and the values of its children. Pure.
import { isArray, type RpcStruct, type RpcValue } from './value.ts';
import { XmlRpcError } from './xml-rpc-error.ts';

type Meaning = (text: string, children: RpcValue[]) => RpcValue;

const meanings = new Map<string, Meaning>([
  ['value', (text, children) => (children.length > 0 ? first(children) : text)],
  ['int', decodeInteger],
  ['i4', decodeInteger],
  ['boolean', (text) => text === '1'],
  ['double', decodeDouble],
  ['dateTime.iso8601', decodeDate],
  ['base64', decodeBase64],
  ['nil', () => null],
  ['ex:nil', () => null],
  ['array', (_, children) => asArray(first(children))],
  ['data', (_, children) => children],
  ['struct', (_, children) => asStruct(children)],
  ['member', (_, children) => asMember(children)],
  ['param', (_, children) => first(children)],
]);

/** The value of an element; an unknown element has its text as value. Throws XmlRpcError. */
export function meaningOf(tag: string, text: string, children: RpcValue[]): RpcValue {
  const meaning = meanings.get(tag);
  return meaning ? meaning(text, children) : text;
}

function malformed(what: string): never {
  throw new XmlRpcError('unmarshallable', what);
}

function first(children: readonly RpcValue[]): RpcValue {
  const child = children[0];
  return child === undefined ? malformed('an element is empty') : child;
}

function asArray(value: RpcValue): RpcValue {
  return isArray(value) ? value : malformed('an array without data');
}

/** A name and a value, as a pair that only a struct uses. */
function asMember(children: readonly RpcValue[]): RpcValue {
  return children.length === 2 ? children : malformed('a member is a name and a value');
}

function asStruct(members: readonly RpcValue[]): RpcStruct {
  const struct: Record<string, RpcValue> = Object.create(null);
  for (const member of members) {
    const [name, value] = isArray(member) ? member : [];
    if (typeof name !== 'string' || value === undefined) malformed('a struct has members');
    struct[name] = value;
  }
  return struct;
}

const integerPattern = /^[+-]?\d+(_\d+)*$/;
/** More digits would take quadratic time; Python has the same bound. */
const maxDigits = 4300;

function decodeInteger(text: string): number | bigint {
  const digits = text.trim();
  if (digits.length > maxDigits || !integerPattern.test(digits)) malformed('not an integer');
  const plain = digits.replaceAll('_', '').replace(/^\+/, '');
  const number = Number(plain);
  return Number.isSafeInteger(number) ? number + 0 : BigInt(plain);
}

const doublePattern = /^[+-]?(\d+(_\d+)*\.?(\d+(_\d+)*)?|\.\d+(_\d+)*)(e[+-]?\d+(_\d+)*)?$/i;
const notFinite = /^([+-]?)(inf|infinity|nan)$/i;

function decodeDouble(text: string): number {
  const digits = text.trim();
  const special = notFinite.exec(digits);
  if (special) {
    const [, sign, word = ''] = special;
    if (word.toLowerCase() === 'nan') return Number.NaN;
    return sign === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  if (digits.length > maxDigits || !doublePattern.test(digits)) malformed('not a double');
  return Number(digits.replaceAll('_', ''));
}

const datePattern = /^(\d{4})(\d\d)(\d\d)T(\d\d:\d\d:\d\d)$/;

function decodeDate(text: string): Date {
  const [, year, month, day, time] = datePattern.exec(text) ?? malformed('not a date');
  const date = new Date(`${year}-${month}-${day}T${time}Z`);
  const same = !Number.isNaN(date.getTime()) && date.toISOString().slice(8, 10) === day;
  return same ? date : malformed('not a date');
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodeBase64(text: string): string {
  const digits = text.replace(/[^A-Za-z0-9+/=]/g, '');
  if (digits.length % 4 !== 0) malformed('base64 without its padding');
  try {
    return utf8.decode(Buffer.from(digits, 'base64'));
  } catch {
    return malformed('base64 of something that is not UTF-8');
  }
}
