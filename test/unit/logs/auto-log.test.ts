import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allocateAutoLog, cleanAutoLogs } from '../../../src/logs/auto-log.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tsv-auto-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** What remains of `names`, and what was warned of. */
function afterCleaning(names: readonly string[], identifier = 'supervisor'): [string[], string[]] {
  for (const name of names) writeFileSync(join(directory, name), '');
  const warnings: string[] = [];
  cleanAutoLogs(directory, identifier, (message) => warnings.push(message));
  return [readdirSync(directory).sort(), warnings];
}

describe('AUTO log files', () => {
  test('are called by process, channel and identifier, and are for their owner alone', () => {
    const path = allocateAutoLog(directory, 'web_01', 'stderr', 'supervisor');
    expect(path).toMatch(/\/web_01-stderr---supervisor-[a-z0-9_]{8}\.log$/);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('never share a name', () => {
    const paths = Array.from({ length: 50 }, () => allocateAutoLog(directory, 'x', 'stdout', 'id'));
    expect(new Set(paths).size).toBe(50);
  });

  test('cannot be made in a directory that is not there', () => {
    expect(() => allocateAutoLog(join(directory, 'gone'), 'x', 'stdout', 'id')).toThrow('ENOENT');
  });
});

describe('cleaning AUTO logs up', () => {
  test('removes logs and backups of this identifier', () => {
    const names = [
      'a-stdout---supervisor-abcdefgh.log',
      'a-stdout---supervisor-abcdefgh.log.1',
      'x---supervisor-y.log.12345',
    ];
    expect(afterCleaning(names)).toEqual([[], []]);
  });

  test('leaves everything else', () => {
    const names = ['---supervisor-x.log', 'a---other-x.log', 'a---supervisor-.log', 'a.log'];
    expect(afterCleaning(names)).toEqual([names, []]);
  });

  test('takes the identifier literally', () => {
    expect(afterCleaning(['p---a.b-x.log', 'p---axb-x.log'], 'a.b')).toEqual([['p---axb-x.log'], []]);
  });

  test('reports what it cannot remove', () => {
    const name = 'a---supervisor-x.log';
    mkdirSync(join(directory, name));
    expect(afterCleaning([])).toEqual([[name], [`Failed to clean up '${join(directory, name)}'`]]);
  });

  test('reports a directory that it cannot read', () => {
    const warnings: string[] = [];
    cleanAutoLogs(join(directory, 'gone'), 'supervisor', (message) => warnings.push(message));
    expect(warnings).toEqual(['Could not clear childlog dir']);
  });
});
