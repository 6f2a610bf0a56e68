import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CommandError,
  type ProgramLookup,
  resolveCommand,
} from '../../../../src/supervisor/child/command.ts';

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'tsv-command-'));
  writeFileSync(join(directory, 'tool'), '#!/bin/sh\n', { mode: 0o755 });
  writeFileSync(join(directory, 'text'), 'no program', { mode: 0o644 });
  mkdirSync(join(directory, 'folder'));
  mkdirSync(join(directory, 'second'));
  writeFileSync(join(directory, 'second', 'text'), '#!/bin/sh\n');
  chmodSync(join(directory, 'second', 'text'), 0o755);
});
afterAll(() => rmSync(directory, { recursive: true }));

const nowhere: ProgramLookup = { searchPath: undefined, directory: null };

/** The words of a command whose first word is a program that exists. */
function words(rest: string): readonly string[] {
  return resolveCommand(`/bin/sh ${rest}`, nowhere).argv.slice(1);
}

function refusal(command: string, searchPath?: string, directory: string | null = null): string {
  try {
    resolveCommand(command, { searchPath, directory });
  } catch (error) {
    if (error instanceof CommandError) return `${error.kind}: ${error.message}`;
  }
  return 'accepted';
}

describe('splitting a command into words', () => {
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ['a b', ['a', 'b']],
    ["a 'b c' d", ['a', 'b c', 'd']],
    ['a "b\\"c" d', ['a', 'b"c', 'd']],
    ['a\\ b', ['a b']],
    ['"a\nb"', ['a\nb']],
    ['a#b #c', ['a#b', '#c']],
    ['x ""', ['x', '']],
    ['"a\\$b\\x"', ['a\\$b\\x']],
    ["a'b'c", ['abc']],
    ['a\tb\nc\rd', ['a', 'b', 'c', 'd']],
    ['\u00a0a b', ['\u00a0a', 'b']],
    ["'\\'", ['\\']],
    ['a\\\nb', ['a\nb']],
    ['$HOME *.c | cat', ['$HOME', '*.c', '|', 'cat']],
  ];
  for (const [text, expected] of rows) {
    test(JSON.stringify(text), () => expect(words(text)).toEqual(expected));
  }

  test('reports what is not closed', () => {
    expect(refusal("/bin/sh 'a")).toBe(`unusable: can't parse command "/bin/sh 'a": No closing quotation`);
    expect(refusal('/bin/sh a\\')).toBe(
      "unusable: can't parse command '/bin/sh a\\\\': No escaped character",
    );
    expect(refusal('  ')).toBe('unusable: command is empty');
  });
});

describe('looking a command up', () => {
  test('finds a bare name on the given path and keeps argv[0] as it was written', () => {
    const found = resolveCommand('tool -v', { searchPath: `/nonexistent:${directory}`, directory: null });
    expect(found).toEqual({ path: join(directory, 'tool'), argv: ['tool', '-v'] });
  });

  test('takes the first that exists, even if it cannot be executed', () => {
    expect(refusal('text', `${directory}:${directory}/second`)).toBe(
      `unusable: command at '${directory}/text' is not executable`,
    );
  });

  test('says why it cannot be run', () => {
    expect(refusal('nosuch', directory)).toBe("missing: can't find command 'nosuch'");
    expect(refusal(`${directory}/nosuch`)).toBe(`missing: can't find command '${directory}/nosuch'`);
    expect(refusal(`${directory}/folder`)).toBe(`unusable: command at '${directory}/folder' is a directory`);
    expect(refusal(`${directory}/text`)).toBe(`unusable: command at '${directory}/text' is not executable`);
  });

  test('never takes a bare name for a file of the working directory', () => {
    // Both are there: tests run in the directory of the sources.
    for (const name of ['src', 'package.json'])
      expect(refusal(name, directory)).toBe(`missing: can't find command '${name}'`);
  });

  test('looks for what is relative in the directory of the program', () => {
    const inDirectory = { directory, searchPath: 'second:' };
    expect(resolveCommand('text', inDirectory).path).toBe('second/text');
    expect(resolveCommand('tool', inDirectory).path).toBe('tool');
    expect(resolveCommand('./tool', inDirectory).path).toBe('./tool');
    expect(refusal('folder', ':', directory)).toBe("unusable: command at 'folder' is a directory");
    expect(refusal('package.json', ':', directory)).toBe("missing: can't find command 'package.json'");
  });
});
