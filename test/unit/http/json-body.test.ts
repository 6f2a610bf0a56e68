import { describe, expect, test } from 'bun:test';
import { readJson } from '../../../src/http/json-body.ts';

const headers = new Map([['content-type', 'application/json']]);
const read = (text: string) => readJson({ headers, body: Buffer.from(text) });
const reasonOf = (text: string) => {
  const body = read(text);
  return body.kind === 'unreadable' ? body.reason : null;
};

describe('a JSON body', () => {
  test('is an object of parameters, by their own names alone', () => {
    const body = read('{"name": "a", "list": [1, {"b": null}], "__proto__": {"token": "x"}}');
    if (body.kind !== 'object') throw new Error(body.reason);
    expect([...body.members.keys()]).toEqual(['name', 'list', '__proto__']);
    expect(body.members.get('token')).toBeUndefined();
    expect(body.members.get('constructor')).toBeUndefined();
  });

  test('may be empty', () => {
    expect(read('')).toEqual({ kind: 'object', members: new Map() });
  });

  test.each(['[]', '1', 'null', '"x"', 'x', '{'])('%p is refused', (text) => {
    expect(reasonOf(text)).toStartWith('the body is ');
  });

  test('of another content type is refused', () => {
    const body = readJson({ headers: new Map([['content-type', 'text/plain']]), body: Buffer.from('{}') });
    expect(body).toEqual({ kind: 'unreadable', reason: 'Content-Type: application/json is needed' });
  });
});

describe('a JSON bomb', () => {
  test.each([
    ['brackets', `{"a": ${'['.repeat(500_000)}`, 'nested more than 32 levels deep'],
    ['braces', `${'{"a":'.repeat(33)}1${'}'.repeat(33)}`, 'nested more than 32 levels deep'],
    ['empty objects', `{"a": [${'{},'.repeat(300_000)}{}]}`, 'more than 50000 values'],
    ['numbers', `{"a": [${'1,'.repeat(500_000)}1]}`, 'more than 50000 values'],
    ['members', `{${'"a":1,'.repeat(100_000)}"b":1}`, 'more than 50000 values'],
  ])('of %s is refused before it is parsed', (_, text, reason) => {
    expect(reasonOf(text)).toContain(reason);
  });

  test('is not what stands in a string', () => {
    const text = `\\"${'[{,:'.repeat(100_000)}`;
    expect(reasonOf(JSON.stringify({ text }))).toBeNull();
  });
});
