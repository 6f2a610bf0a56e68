// The notices of the software of others, and where it comes from.
import { describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packagesIn, pageMetafile } from '../../packaging/notices/generate.ts';

const root = join(import.meta.dir, '../..');
const notice = readFileSync(join(root, 'dist/NOTICE'), 'utf8');
const listed = [...notice.matchAll(/^=+\n(\S+) (\S+)\nLicence: (.+)$/gm)];
const lock: {
  packages: Record<string, { version?: string; dev?: boolean; hasInstallScript?: boolean }>;
} = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));

describe('dist/NOTICE', () => {
  test('names the packages that the bundler put into the executable and into its page, and no others', async () => {
    const modules = JSON.parse(readFileSync(join(root, 'dist/modules.json'), 'utf8'));
    const bundled = new Set([...packagesIn(modules), ...packagesIn(await pageMetafile())]);
    expect(listed.map(([, name]) => name)).toEqual([...bundled].toSorted());
    for (const name of [
      'commander',
      'dbus-next',
      'jsbi',
      'long',
      'map-stream',
      'preact',
      'sax',
      'saxes',
      'xml2js',
    ])
      expect(bundled).toContain(name);
  });

  test('gives the version that the lock file has, a licence, and its text, of each package', () => {
    for (const [heading = '', name = '', version, licence] of listed) {
      const locked = lock.packages[`node_modules/${name}`];
      expect([name, version, locked?.dev ?? false]).toEqual([name, locked?.version ?? '', false]);
      expect(licence).toMatch(/MIT|ISC|Apache-2\.0|BlueOak/);
      const text =
        notice.slice(notice.indexOf(heading) + heading.length).split(/^={70,}\n\S+ \S+\nLicence:/m)[0] ?? '';
      expect([name, /permission|licen[cs]e/i.test(text.replace(/^Source:.*$/m, ''))]).toEqual([name, true]);
    }
  });

  test('has the licences of the runtime and of JavaScriptCore', () => {
    expect(notice).toContain('https://github.com/oven-sh/WebKit');
    expect(notice).toContain('GNU LIBRARY GENERAL PUBLIC LICENSE');
  });
});

test('no package but the runtime has a script that runs when it is installed', () => {
  const scripted = Object.entries(lock.packages).filter(([, { hasInstallScript }]) => hasInstallScript);
  expect(scripted.map(([path]) => path)).toEqual(['node_modules/bun']);
});
