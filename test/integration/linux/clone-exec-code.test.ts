// The machine code of the spawner against its own source, by the assemblers of binutils.
import { expect, test } from 'bun:test';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cloneExecCode } from '../../../src/linux/clone-exec-code.ts';

const sources = join(import.meta.dir, '../../../src/linux');

test.each([
  ['x64', 'x86_64-linux-gnu'],
  ['arm64', 'aarch64-linux-gnu'],
] as const)('the machine code for %s is what its source assembles to', (architecture, target) => {
  expect(assembled(join(sources, `clone-exec.${architecture}.s`), target)).toBe(cloneExecCode[architecture]);
});

/** As hexadecimal text. */
function assembled(source: string, target: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'tsv-as-'));
  const [object, binary] = [join(directory, 'code.o'), join(directory, 'code.bin')];
  try {
    run([`${target}-as`, '-o', object, source]);
    run([`${target}-objcopy`, '-O', 'binary', '-j', '.text', object, binary]);
    return readFileSync(binary).toString('hex');
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function run(command: string[]): void {
  const { exitCode, stderr } = Bun.spawnSync(command, { stdout: 'ignore', stderr: 'pipe' });
  if (exitCode !== 0) throw new Error(`${command.join(' ')}: ${stderr}`);
}
