// What a daemon loads when it starts stays in memory: some modules of the runtime take more than all of ours.
import { expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const src = join(import.meta.dir, '../../src');
const scanner = new Bun.Transpiler({ loader: 'ts' });
/** A macro: it runs when the executable is built. */
const atBuildTime = join(src, 'http/ui/bundle-page.ts');
/** 1 to 2 MB each, alone or by what they load. */
const heavy = /^(node:)?(net|tls|http|https|http2|crypto|zlib|tty|child_process|readline|stream(\/.*)?|dns)$/;

test.each([
  ['the daemon', 'cli/supervisord.ts'],
  ['the daemon under systemd', 'cli/run.ts'],
  ['a worker', 'data-plane/worker/worker.ts'],
])('%s loads no heavy module of the runtime at its start', (_name, entryPoint) => {
  const loaded = loadedAtStart(join(src, entryPoint));
  expect(loaded.size).toBeGreaterThan(50);
  expect([...loaded].filter((name) => heavy.test(name))).toEqual([]);
});

/** Files and modules that `entryPoint` imports, directly or not, without those imported when they are needed. */
function loadedAtStart(entryPoint: string): ReadonlySet<string> {
  const loaded = new Set([entryPoint]);
  for (const file of loaded) {
    if (!file.startsWith(src) || !file.endsWith('.ts') || file === atBuildTime) continue;
    for (const { path, kind } of scanner.scanImports(readFileSync(file, 'utf8'))) {
      if (kind === 'import-statement') loaded.add(path.startsWith('.') ? join(dirname(file), path) : path);
    }
  }
  return loaded;
}
