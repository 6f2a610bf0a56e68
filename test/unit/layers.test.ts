// The layers of docs/architecture.md, held against every import of the sources.
import { describe, expect, test } from 'bun:test';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';

const root = join(import.meta.dir, '../..');
const src = join(root, 'src');
const architecture = readFileSync(join(root, 'docs/architecture.md'), 'utf8');

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typesOnly: boolean;
}

const layers = layersOf(architecture);
const imports = sourceFiles().flatMap(importsOf);

describe('the sources', () => {
  test('are all in a folder that has a layer', () => {
    const unknown = readdirSync(src).filter((name) => !layers.has(name));
    expect(unknown).toEqual([]);
    expect(imports.length).toBeGreaterThan(1000);
  });

  test('are all described in the table of folders', () => {
    const undescribed = readdirSync(src).filter(
      (name) => name !== 'version.ts' && !architecture.includes(`| \`src/${name}\` |`),
    );
    expect(undescribed).toEqual([]);
  });

  test('import only from layers below their own', () => {
    const climbing = imports.filter(
      ({ from, to }) => folderOf(from) !== folderOf(to) && layerOf(to) <= layerOf(from),
    );
    expect(climbing).toEqual([]);
  });

  test('of the page share nothing with the daemon but types', () => {
    const shared = imports.filter(({ from, to }) => folderOf(from) === 'page' && folderOf(to) !== 'page');
    expect(shared.filter(({ to, typesOnly }) => to !== 'http/ui/api-types.ts' || !typesOnly)).toEqual([]);
    expect(shared.length).toBeGreaterThan(0);
  });

  test('of a data-plane worker know nothing of its handles on the main thread, nor the other way round', () => {
    const crossing = imports.filter(
      ({ from, to }) =>
        (from.startsWith('data-plane/worker/') && to.startsWith('data-plane/main/')) ||
        (from.startsWith('data-plane/main/') && to.startsWith('data-plane/worker/')) ||
        (from.startsWith('data-plane/protocol/') && /^data-plane\/(main|worker)\//.test(to)),
    );
    expect(crossing).toEqual([]);
  });
});

function layersOf(text: string): ReadonlyMap<string, number> {
  const block = /```layers\n([^`]*)```/.exec(text)?.[1] ?? '';
  return new Map(
    block
      .trim()
      .split('\n')
      .flatMap((line, layer) => line.split(',').map((folder) => [folder.trim(), layer] as const)),
  );
}

function sourceFiles(): readonly string[] {
  return readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
    (name) => /\.tsx?$/.test(name) && statSync(join(src, name)).isFile(),
  );
}

/** Static imports, re-exports and dynamic imports of other source files. */
function importsOf(from: string): readonly Import[] {
  const text = readFileSync(join(src, from), 'utf8');
  const statements = text.matchAll(
    /(?:\b(import type|import|export)\b[^;'"]*? from |\bimport (?=')|\bimport\()'(\.{1,2}\/[^']+)'/g,
  );
  return [...statements].flatMap(([, keyword, path = '']) => {
    const to = relative(src, normalize(join(src, dirname(from), path)));
    return to.startsWith('..') ? [] : [{ from, to, typesOnly: keyword === 'import type' }];
  });
}

function folderOf(file: string): string {
  return file.split('/')[0] ?? file;
}

function layerOf(file: string): number {
  return layers.get(folderOf(file)) ?? -1;
}
