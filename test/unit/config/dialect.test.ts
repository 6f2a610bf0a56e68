import { describe, expect, test } from 'bun:test';
import { IniDocument, readDialect } from '../../../src/config/dialect.ts';
import { throwFirst } from '../../../src/config/error-sink.ts';

function read(text: string): IniDocument {
  const document = new IniDocument();
  readDialect(document, 'main.conf', text, throwFirst);
  return document;
}

describe('the dialect', () => {
  test('every value keeps the line of its key', () => {
    const document = read('; comment\n[a]\nx = 1\n\ny:\n  2\n  3\n[b]\nz=4 ; comment\n');
    const lines = [...document.sections.values()].map((section) =>
      [...section.settings.values()].map(({ key, text, position }) => [key, text, position.line]),
    );
    expect(lines).toEqual([
      [
        ['x', '1', 3],
        ['y', '\n2\n3', 5],
      ],
      [['z', '4', 9]],
    ]);
  });

  test('a section that comes again is continued, and stays where it was first', () => {
    const section = read('[a]\nx=1\ny=1\n[b]\n[a]\nX=2\n').sections.get('a');
    expect(section?.position.line).toBe(1);
    expect(section && [...section.settings.values()].map(({ key, text }) => `${key}=${text}`)).toEqual([
      'x=2',
      'y=1',
    ]);
  });

  test('defaults stand in for what a section does not have', () => {
    const document = read('[DEFAULT]\nx=1\ny=1\n[a]\ny=2\n');
    const section = document.sections.get('a');
    if (!section) throw new Error('no section');
    expect(document.settings(section).map(({ key, text }) => `${key}=${text}`)).toEqual(['x=1', 'y=2']);
  });

  test('all lines without meaning are told at once', () => {
    expect(() => read('[a]\nbare\nx=1\n=y\n')).toThrow(
      "Source contains parsing errors: 'main.conf'\n\t[line  2]: 'bare\\n'\n\t[line  4]: '=y\\n'",
    );
  });

  test('an option before any section ends the reading', () => {
    expect(() => read('\nx=1')).toThrow(
      "File contains no section headers.\nfile: 'main.conf', line: 2\n'x=1'",
    );
  });

  test('a line of a million blanks is read in linear time', () => {
    const section = read(`[a]\nx=${' \t'.repeat(500_000)}y${' '.repeat(500_000)}\n`).sections.get('a');
    expect(section?.settings.get('x')?.text).toBe('y');
  });
});
