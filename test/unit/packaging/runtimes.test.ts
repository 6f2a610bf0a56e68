import { describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dir, '../../..');
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');

/** The lines of packaging/runtimes.sha512: architecture, package, version, hash. */
const pins = textOf('packaging/runtimes.sha512')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split(' '));

describe('the runtimes that packages are made with', () => {
  test('are pinned for both architectures', () => {
    expect(pins.map(([architecture]) => architecture)).toEqual(['amd64', 'arm64']);
    for (const [, , , hash] of pins) expect(hash).toMatch(/^[0-9a-f]{128}$/);
  });

  test('are of the version that compiles and tests us', () => {
    const { devDependencies } = JSON.parse(textOf('package.json'));
    for (const [, , version] of pins) expect(version).toBe(devDependencies.bun);
  });

  test('are those of the lock file, as far as that has them', () => {
    const { packages } = JSON.parse(textOf('package-lock.json'));
    const locked = pins.flatMap(([, name = '', , hash = '']) => {
      const entry = packages[`node_modules/${name}`];
      return entry ? [[`sha512-${Buffer.from(hash, 'hex').toString('base64')}`, entry.integrity]] : [];
    });
    expect(locked.length).toBeGreaterThan(0);
    for (const [pinned, integrity] of locked) expect(pinned).toBe(integrity);
  });
});
