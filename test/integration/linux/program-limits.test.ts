import { describe, expect, test } from 'bun:test';
import { join } from 'node:path';
import { run } from '../../support/daemon.ts';

const sources = join(import.meta.dir, '../../../src/linux');
const imports = `import { OwnOomScore } from '${sources}/own-oom-score.ts';
import { raiseOwnDescriptorLimit } from '${sources}/program-limits.ts';
import { readFileSync } from 'node:fs';`;

/** What a process prints that runs `code` after `prepare` of a shell. */
async function after(prepare: string, code: string): Promise<string> {
  const script = `${imports}\n${code}`;
  const shell = `${prepare} && exec "$0" -e "$1"`;
  const { stdout, stderr } = await run(['/bin/sh', '-c', shell, process.execPath, script]);
  return stdout + stderr;
}

describe('the score by which the kernel chooses whom it kills', () => {
  const look = "console.log(readFileSync('/proc/self/oom_score_adj', 'utf8').trim())";

  test('is lowered for the daemon', async () => {
    const code = `console.log(OwnOomScore.lower(400) !== null); ${look}`;
    expect(await after('echo 500 >/proc/self/oom_score_adj', code)).toBe('true\n400\n');
  });

  test('that is low enough stays', async () => {
    const code = `console.log(OwnOomScore.lower(600)); ${look}`;
    expect(await after('echo 500 >/proc/self/oom_score_adj', code)).toBe('null\n500\n');
  });

  test('stays when the kernel refuses', async () => {
    const unprivileged = 'exec setpriv --bounding-set=-all --inh-caps=-all --reuid=65534 "$0" -e "$1"';
    const code = `console.log(OwnOomScore.lower(-1000)); ${look}`;
    const { stdout } = await run([
      '/bin/sh',
      '-c',
      `echo 500 >/proc/self/oom_score_adj && ${unprivileged}`,
      process.execPath,
      `${imports} ${code}`,
    ]);
    expect(stdout).toBe('null\n500\n');
  });
});

describe('the number of descriptors', () => {
  test('that the daemon may open is raised to the hard limit; the old one is returned', async () => {
    // The runtime has raised it by now: only prlimit(2) lowers it again.
    const code = `import { execFileSync } from 'node:child_process';
execFileSync('prlimit', ['--pid=' + process.pid, '--nofile=100:300']);
const { soft, hard } = raiseOwnDescriptorLimit();
console.log(soft, hard, /^Max open files +(\\d+) +(\\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')).slice(1).join());`;
    expect(await after(':', code)).toBe('100n 300n 300,300\n');
  });
});
