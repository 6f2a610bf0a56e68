// Encodes XML-RPC byte for byte like the original: calls, responses, faults.
import { isArray, type RpcStruct, type RpcValue } from './value.ts';

const declaration = "<?xml version='1.0'?>\n";

/** A methodCall document; integers of any size become `<int>`. */
export function encodeCall(method: string, params: readonly RpcValue[]): string {
  return (
    `${declaration}<methodCall>\n<methodName>${escapeText(method)}</methodName>\n` +
    `<params>\n${params.map(encodeParam).join('')}</params>\n</methodCall>\n`
  );
}

/** A methodResponse document with `value`. */
export function encodeResponse(value: RpcValue): string {
  return `${declaration}<methodResponse>\n<params>\n${encodeParam(value)}</params>\n</methodResponse>\n`;
}

/** A methodResponse document with a fault. */
export function encodeFault(code: number, text: string): string {
  const fault = encodeValue({ faultCode: code, faultString: text });
  return `${declaration}<methodResponse>\n<fault>\n${fault}</fault>\n</methodResponse>\n`;
}

function encodeParam(value: RpcValue): string {
  return `<param>\n${encodeValue(value)}</param>\n`;
}

/** The `<value>` element and a line feed. */
export function encodeValue(value: RpcValue): string {
  switch (typeof value) {
    case 'string':
      return `<value><string>${escapeText(value)}</string></value>\n`;
    case 'number':
      return `<value>${encodeNumber(value)}</value>\n`;
    case 'bigint':
      return `<value><int>${value}</int></value>\n`;
    case 'boolean':
      return `<value><boolean>${value ? 1 : 0}</boolean></value>\n`;
    case 'object':
      return encodeObject(value);
  }
}

function encodeObject(value: Date | readonly RpcValue[] | RpcStruct | null): string {
  if (value === null) return '<value><nil/></value>\n';
  if (isArray(value)) {
    let items = '';
    for (const item of value) items += encodeValue(item);
    return `<value><array><data>\n${items}</data></array></value>\n`;
  }
  if (value instanceof Date) {
    return `<value><dateTime.iso8601>${encodeDate(value)}</dateTime.iso8601></value>\n`;
  }
  let members = '';
  for (const name in value) {
    members += `<member>\n<name>${escapeText(name)}</name>\n${encodeValue(value[name] ?? null)}</member>\n`;
  }
  return `<value><struct>\n${members}</struct></value>\n`;
}

function encodeNumber(value: number): string {
  if (Number.isSafeInteger(value)) return `<int>${value}</int>`;
  if (Number.isNaN(value)) return '<double>nan</double>';
  if (!Number.isFinite(value)) return `<double>${value < 0 ? '-inf' : 'inf'}</double>`;
  return `<double>${value}</double>`;
}

/** `20261121T05:23:23`, in UTC. */
function encodeDate(date: Date): string {
  return date.toISOString().slice(0, 19).replaceAll('-', '');
}

const notPlain = /[&<>\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]/;
const markupPattern = /[&<>]/g;
/** Characters that XML 1.0 does not allow (Char, section 2.2); lone surrogates are replaced before. */
const forbiddenPattern = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g;
const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Escapes markup and replaces each character that XML does not allow by U+FFFD. */
function escapeText(text: string): string {
  if (!notPlain.test(text)) return text;
  return text
    .toWellFormed()
    .replace(forbiddenPattern, '\ufffd')
    .replace(markupPattern, (char) => entities[char] ?? char);
}
