// Runs every test: the last line is "N passed, N failed", and the exit status is 0 only if none failed.
// Two files run in parallel, but only one of those that boot a machine.
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dir, '..');
/** Only tests that boot a machine or produce a lot of output take minutes. */
const testTimeoutMs = 120_000;

interface Counts {
  passed: number;
  failed: number;
}

const total: Counts = { passed: 0, failed: 0 };

const checks = [
  ['types', 'node_modules/.bin/tsc', '--noEmit'],
  ['types of the page', 'node_modules/.bin/tsc', '--noEmit', '-p', 'src/page'],
  ['types of its tests', 'node_modules/.bin/tsc', '--noEmit', '-p', 'test/browser'],
  ['lint', 'node_modules/.bin/biome', 'check'],
] as const;
await Promise.all(checks.map(([name, ...command]) => check(name, command)));

const machines = testFiles('system');
const others = ['unit', 'integration', 'compat', 'browser'].flatMap(testFiles);
const lanes = [runAll(machines).then(() => runAll(others))];
if (availableParallelism() > 1) lanes.push(runAll(others));
await Promise.all(lanes);

console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 ? 0 : 1);

async function check(name: string, command: readonly string[]): Promise<void> {
  const child = Bun.spawn([...command], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  const ok = (await child.exited) === 0;
  console.log(`${ok ? 'ok' : 'FAILED'}: ${name}`);
  add({ passed: ok ? 1 : 0, failed: ok ? 0 : 1 });
}

function testFiles(suite: string): string[] {
  return readdirSync(join(root, 'test', suite), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .sort()
    .map((name) => join('test', suite, name));
}

/** Takes files from the front of a list that another lane may share. */
async function runAll(files: string[]): Promise<void> {
  for (let file = files.shift(); file !== undefined; file = files.shift()) {
    const started = performance.now();
    const { counts, report } = await runTestFile(file);
    add(counts);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const verdict = counts.failed === 0 ? 'ok' : `${report}\nFAILED`;
    console.log(`${verdict}: ${file} (${counts.passed} passed, ${seconds} s)`);
  }
}

/** A file without counts, or with a nonzero exit status, has at least one failure. */
async function runTestFile(file: string): Promise<{ readonly counts: Counts; readonly report: string }> {
  const command = [process.execPath, 'test', `--timeout=${testTimeoutMs}`, `./${file}`];
  const child = Bun.spawn(command, { cwd: root, stdin: 'ignore', stdout: 'ignore', stderr: 'pipe' });
  const report = await new Response(child.stderr).text();
  const status = await child.exited;
  const passed = Number(/^\s*(\d+) pass$/m.exec(report)?.[1] ?? 0);
  const skipped = Number(/^\s*(\d+) (?:skip|todo)$/m.exec(report)?.[1] ?? 0);
  const failed = Number(/^\s*(\d+) fail$/m.exec(report)?.[1] ?? 0) + skipped;
  const isGood = status === 0 && passed > 0;
  return { counts: { passed, failed: isGood ? failed : Math.max(1, failed) }, report };
}

function add({ passed, failed }: Counts): void {
  total.passed += passed;
  total.failed += failed;
}
