// Runs every test and counts: the last line is "N passed, N failed", the exit status 0 only if none failed.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dir, '..');
/** Folders of tests, the quick ones first. A test may need minutes only where it boots or floods something. */
const suites = ['unit', 'integration', 'compat', 'browser', 'system'];
const testTimeoutMs = 120_000;

let passed = 0;
let failed = 0;

for (const step of [
  ['types', 'node_modules/.bin/tsc', '--noEmit'],
  ['types of the page', 'node_modules/.bin/tsc', '--noEmit', '-p', 'src/page'],
  ['types of its tests', 'node_modules/.bin/tsc', '--noEmit', '-p', 'test/browser'],
  ['lint', 'node_modules/.bin/biome', 'check'],
] as const) {
  const [name, ...command] = step;
  const ok = Bun.spawnSync(command, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }).exitCode === 0;
  console.log(`${ok ? 'ok' : 'FAILED'}: ${name}`);
  if (ok) passed += 1;
  else failed += 1;
}

for (const file of suites.flatMap(testFiles)) {
  const started = performance.now();
  const result = await runTestFile(file);
  passed += result.passed;
  failed += result.failed;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${result.failed === 0 ? 'ok' : 'FAILED'}: ${file} (${result.passed} passed, ${seconds} s)`);
}

console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

function testFiles(suite: string): string[] {
  let names: string[];
  try {
    names = readdirSync(join(root, 'test', suite), { recursive: true, encoding: 'utf8' });
  } catch {
    return [];
  }
  return names
    .filter((name) => name.endsWith('.test.ts'))
    .sort()
    .map((name) => join('test', suite, name));
}

/** A file that ends without its counts, or not with success, has at least one failure. */
async function runTestFile(file: string): Promise<{ passed: number; failed: number }> {
  const command = [process.execPath, 'test', `--timeout=${testTimeoutMs}`, file];
  const child = Bun.spawn(command, { cwd: root, stdin: 'ignore', stdout: 'ignore', stderr: 'pipe' });
  const report = await new Response(child.stderr).text();
  const status = await child.exited;
  const passes = Number(/^\s*(\d+) pass$/m.exec(report)?.[1] ?? 0);
  const skips = Number(/^\s*(\d+) (?:skip|todo)$/m.exec(report)?.[1] ?? 0);
  const fails = Number(/^\s*(\d+) fail$/m.exec(report)?.[1] ?? 0) + skips;
  const failures = status === 0 && passes > 0 ? fails : Math.max(1, fails);
  if (failures > 0) console.log(report);
  return { passed: passes, failed: failures };
}
