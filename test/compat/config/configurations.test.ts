// Several hundred configurations, read by the installed Supervisor and by us: every field and every error is the same.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { awkwardValues } from './awkward-values.ts';
import { askOracle, isAboutPythonCode, ourAnswer, ourDifference } from './compare.ts';
import { edgeCases } from './edge-cases.ts';
import { generate } from './generator.ts';

interface Case {
  readonly name: string;
  readonly args: readonly string[];
}

/** Reading everything takes the oracle two seconds when the machine has nothing else to do. */
const oracleLimitMs = 60_000;

const directory = mkdtempSync(join(tmpdir(), 'tsupervisor-config-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** Generated: 500 that are good with few exceptions, 400 with a flaw or two, 100 with many. */
const cases: Case[] = [
  ...Array.from({ length: 500 }, (_, index) => generatedCase(1000 + index, 0.002)),
  ...Array.from({ length: 400 }, (_, index) => generatedCase(2000 + index, 0.05)),
  ...Array.from({ length: 100 }, (_, index) => generatedCase(3000 + index, 0.3)),
];

describe('a generated configuration', () => {
  const answers: unknown[] = [];
  beforeAll(() => {
    answers.push(
      ...askOracle(
        directory,
        cases.map(({ args }) => ({ args })),
      ),
    );
  }, oracleLimitMs);

  test.each(cases.map(({ name, args }, index) => ({ name, args, index })))(
    '$name means what it means to Supervisor',
    ({ args, index }) => {
      const theirs = answers[index];
      if (isAboutPythonCode(theirs)) expect(ourAnswer(directory, args)).not.toEqual(theirs);
      else expect(ourAnswer(directory, args)).toEqual(theirs);
    },
  );

  test('is good in many cases and bad in many others', () => {
    const good = answers.filter((answer) => JSON.stringify(answer).startsWith('{"config"')).length;
    expect(good).toBeGreaterThan(200);
    expect(answers.length - good).toBeGreaterThan(200);
  });
});

describe('an odd configuration', () => {
  const written = [...edgeCases, ...awkwardValues].map(({ name, text, files = {}, args = [] }, index) => {
    const home = join(directory, `edge-${index}`);
    mkdirSync(join(home, 'sub'), { recursive: true });
    for (const [file, content] of Object.entries({ 'main.conf': text, ...files }))
      writeFileSync(join(home, file), content);
    return { name, args: ['-c', join(home, 'main.conf'), ...args], index };
  });
  const answers: unknown[] = [];
  beforeAll(() => {
    answers.push(...askOracle(directory, written));
  }, oracleLimitMs);

  test.each(written)('$name: means what it means to Supervisor', ({ args, index }) => {
    expect(ourAnswer(directory, args)).toEqual(answers[index]);
  });
});

describe('a configuration that is read again', () => {
  const generated = Array.from({ length: 150 }, (_, index) => ({
    name: `${1000 + index}`,
    args: ['-c', join(directory, String(1000 + index), 'main.conf')],
    next: ['-c', join(directory, String(1000 + ((index * 7) % 300)), 'main.conf')],
  }));
  const pairs = [...generated, ...nothingToWord()].map((pair, index) => ({ ...pair, index }));
  const answers: unknown[] = [];
  beforeAll(() => {
    answers.push(
      ...askOracle(
        directory,
        pairs.map(({ args, next }) => ({ args, next })),
      ),
    );
  }, oracleLimitMs);

  test.each(pairs)('differs from $name in what Supervisor says', ({ args, next, index }) => {
    expect(ourDifference(directory, args, next)).toEqual(answers[index]);
  });
});

/** Options that lose or gain the word for what an empty one means as well. */
function nothingToWord() {
  const write = (line: string): readonly string[] => {
    const path = join(directory, `${line}.conf`);
    writeFileSync(path, `[supervisord]\n[program:x]\ncommand=/bin/cat\n${line}\n`);
    return ['-c', path];
  };
  const values = {
    stdout_logfile: ['', 'NONE', 'AUTO'],
    stderr_logfile: ['', 'none'],
    serverurl: ['', 'AUTO'],
  };
  return Object.entries(values).flatMap(([key, words]) =>
    words.flatMap((one) =>
      words.map((other) => ({
        name: `${key}=${one} by ${key}=${other}`,
        args: write(`${key}=${one}`),
        next: write(`${key}=${other}`),
      })),
    ),
  );
}

function generatedCase(seed: number, flaws: number): Case {
  const home = join(directory, String(seed));
  mkdirSync(join(home, 'sub'), { recursive: true });
  for (const [name, text] of generate(seed, flaws, home).files) {
    mkdirSync(dirname(join(home, name)), { recursive: true });
    writeFileSync(join(home, name), text);
  }
  return { name: String(seed), args: ['-c', join(home, 'main.conf')] };
}
